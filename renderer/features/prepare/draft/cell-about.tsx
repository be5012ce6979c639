import type { DraftRow } from '../../../../shared/contract/drafts';
import { fieldSchema, type Field } from '../../../../shared/domain/finding';
import { Badge } from '../../../ui/badge';
import classes from './cell-about.module.css';
import { Evidence } from './evidence';
import { rawOf } from '../../../../shared/domain/row-cells';
import { FIELD_WORDS } from '../../../lib/field-words';
import { byGravity, shortWords, TONES } from './finding-words';

interface CellAboutProps {
  readonly row: DraftRow;
  readonly columnKey: string;
}

/** The current cell in plain digits, the gravest thing that was found about it, and the proof. */
export function CellAbout({ row, columnKey }: CellAboutProps) {
  const field = fieldSchema.safeParse(columnKey).data ?? null;
  const findings = byGravity(row.findings.filter((one) => field === null || one.field === field));
  const [worst] = findings;
  const accepted = row.overrides.find(({ code }) => code === worst?.code);
  return (
    <>
      <div className={classes.head}>
        <span className={classes.where}>
          line {row.line}
          {field === null ? '' : ` · ${FIELD_WORDS[field]}`}
        </span>
        {field === null ? null : <code className={classes.raw}>{rawOf(row, field) || 'empty'}</code>}
        {field !== null && row.edited.includes(field) ? <span>changed here</span> : null}
        <Keys isCell={field !== null} />
      </div>
      {worst === undefined ? null : (
        <div className={classes.finding}>
          <Badge tone={TONES[worst.level]}>{shortWords(worst.code)}</Badge>
          <span className={classes.sentence}>
            {worst.message}. {accepted === undefined ? null : `Accepted by ${accepted.by}: ${accepted.reason}. `}
            {findings.length > 1 ? `And ${findings.length - 1} more. ` : null}
            <span className={classes.evidence}>
              <Evidence finding={worst} />
            </span>
          </span>
        </div>
      )}
    </>
  );
}

function Keys({ isCell }: { readonly isCell: boolean }) {
  return (
    <span className={classes.keys}>
      {isCell ? (
        <>
          <kbd>Enter</kbd> edits · <kbd>Ctrl Enter</kbd> tells all
        </>
      ) : (
        <>
          <kbd>Enter</kbd> tells all
        </>
      )}{' '}
      · <kbd>Space</kbd> ticks · <kbd>Delete</kbd> leaves out
    </span>
  );
}

export function isField(key: string): key is Field {
  return fieldSchema.safeParse(key).success;
}
