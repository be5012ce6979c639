import { Button, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import type { DraftRow } from '../../../../shared/contract/drafts';
import type { Candidate, Field, Finding } from '../../../../shared/domain/finding';
import { findingRule } from '../../../../shared/domain/finding-catalogue';
import { mayOverride } from '../../../../shared/domain/override';
import { useSession } from '../../../api';
import { exact } from '../../../lib/time';
import { Badge } from '../../../ui/badge';
import { Identifier } from '../../../ui/identifier';
import { Evidence } from './evidence';
import { FIELD_WORDS } from '../../../lib/field-words';
import { shortWords, TONES } from './finding-words';
import { ReasonDialog } from './reason-dialog';
import classes from './row-story.module.css';
import type { DraftWork } from './use-draft-work';

/** Findings of numbers that a spreadsheet has damaged: what helps is another export. */
const DAMAGED = ['scientific-notation', 'digits-lost', 'digits-doubtful', 'iccid-check-digit-missing'];

interface FindingStoryProps {
  readonly row: DraftRow;
  readonly finding: Finding;
  readonly work: DraftWork;
}

/** One finding: what was seen where, why it matters, what to do, and what proves it. */
export function FindingStory({ row, finding, work }: FindingStoryProps) {
  const { code, level, field, message, seen, candidates } = finding;
  const rule = findingRule(code);
  return (
    <article className={classes.finding}>
      <Badge tone={TONES[level]}>{shortWords(code)}</Badge>{' '}
      {field === null ? null : <span className={classes.field}>in {FIELD_WORDS[field]}</span>}
      <Text size="sm" mt={6}>
        {message}.
      </Text>
      {rule === undefined || rule.meaning === message ? null : (
        <Text size="sm" mt={4}>
          {rule.meaning}.
        </Text>
      )}
      {seen === undefined ? null : (
        <Text size="sm" mt={4}>
          Seen: <code className={classes.seen}>{seen}</code>
        </Text>
      )}
      {rule === undefined || level === 'info' ? null : (
        <Text size="sm" mt={4} fw={550}>
          {rule.remedy}
        </Text>
      )}
      {field === null || candidates === undefined || candidates.length === 0 ? null : (
        <Candidates candidates={candidates} field={field} onChoose={(value) => work.edit(row, field, value)} />
      )}
      {DAMAGED.includes(code) ? <SafeExport /> : null}
      <Text size="xs" c="dimmed" mt={4}>
        <Evidence finding={finding} /> <code>{code}</code>
      </Text>
      <Responsibility row={row} code={code} work={work} />
    </article>
  );
}

interface CandidatesProps {
  readonly candidates: readonly Candidate[];
  readonly field: Field;
  onChoose(value: string): void;
}

function Candidates({ candidates, field, onChoose }: CandidatesProps) {
  return (
    <div className={classes.candidates} role="group" aria-label="Lines that it could be">
      <Text size="sm">
        {candidates.length === 1 ? 'One line agrees' : `${candidates.length} lines agree`} with the digits that are
        left. Compare with the card before you choose.
      </Text>
      {candidates.map(({ lineId, value }) => (
        <Button
          key={lineId}
          size="compact-sm"
          variant="default"
          aria-label={`Use ${value} of line ${lineId} as ${FIELD_WORDS[field]}`}
          onClick={() => onChoose(value)}
        >
          <Identifier value={value} />
          <span className={classes.ofLine}>line {lineId}</span>
        </Button>
      ))}
    </div>
  );
}

function SafeExport() {
  return (
    <details className={classes.safe}>
      <summary>How to export without losing digits</summary>
      <ol>
        <li>Take the list from where the numbers came from, not from a file that a spreadsheet has saved.</li>
        <li>
          In Excel, do not open the CSV with a double click: choose Data, From Text/CSV, and set the columns to Text.
        </li>
        <li>Save it as a workbook (.xlsx) with these columns as text, and import the workbook.</li>
      </ol>
    </details>
  );
}

/** Who accepted it, or who may: with a reason that is kept. */
function Responsibility({ row, code, work }: Omit<FindingStoryProps, 'finding'> & { readonly code: string }) {
  const role = useSession(({ session }) => session?.role);
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const least = findingRule(code)?.overridable ?? null;
  const accepted = row.overrides.find((one) => one.code === code);
  if (accepted !== undefined) {
    return (
      <Text size="sm" mt={6}>
        ✓ Accepted by {accepted.by}, {exact(accepted.at)}: {accepted.reason}
      </Text>
    );
  }
  if (least === null || role === undefined || row.excluded) return null;
  if (!mayOverride(role, code)) {
    return (
      <Text size="sm" mt={6} c="dimmed">
        Can be accepted with a reason by the role {least}; yours is {role}.
      </Text>
    );
  }
  return (
    <>
      <Button ref={button} size="compact-sm" variant="default" mt={6} onClick={() => setAsking(true)}>
        Accept with a reason …
      </Button>
      {asking ? (
        <ReasonDialog
          code={code}
          rows={1}
          opener={button}
          onAccept={(reason) => work.override({ rows: [row.row] }, code, reason)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
