import { Button, Group, Text } from '@mantine/core';
import type { DraftRow } from '../../../../shared/contract/drafts';
import { fieldSchema } from '../../../../shared/domain/finding';
import { Badge } from '../../../ui/badge';
import { Identifier } from '../../../ui/identifier';
import { Fact, Facts } from '../../../ui/screen';
import { rawOf, valueOf } from '../../../../shared/domain/row-cells';
import { FIELD_WORDS } from '../../../lib/field-words';
import { FindingStory } from './finding-story';
import { byGravity } from './finding-words';
import classes from './row-story.module.css';
import type { DraftWork } from './use-draft-work';

/** One row's story: what was found, why it matters, what to do, and what it says. */
export function RowStory({ row, work }: { readonly row: DraftRow; readonly work: DraftWork }) {
  return (
    <>
      <Group gap="xs" mb="sm">
        {row.excluded ? (
          <>
            <Badge tone="rest">left out</Badge>
            <Button size="compact-sm" variant="default" onClick={() => work.include({ rows: [row.row] })}>
              Take this row in again
            </Button>
          </>
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => work.exclude({ rows: [row.row] })}>
            Leave this row out
          </Button>
        )}
      </Group>
      {row.findings.length === 0 ? (
        <Text size="sm">
          <Badge tone="done">valid</Badge> Nothing was found. It can be sent.
        </Text>
      ) : (
        byGravity(row.findings).map((finding, index) => (
          <FindingStory key={`${finding.code}-${finding.field}-${index}`} row={row} finding={finding} work={work} />
        ))
      )}
      <div className={classes.line} />
      <Facts>
        {fieldSchema.options.map((field) => {
          const [value, raw] = [valueOf(row, field), rawOf(row, field)];
          if (value === null && raw === '') return null;
          return (
            <Fact key={field} label={FIELD_WORDS[field]}>
              <Identifiable field={field} value={value ?? raw} />
              {value !== null && raw !== '' && raw !== value ? (
                <div className={classes.raw}>
                  {row.edited.includes(field) ? 'typed' : 'read'} as <code>{raw}</code>
                </div>
              ) : null}
            </Fact>
          );
        })}
      </Facts>
    </>
  );
}

function Identifiable({ field, value }: { readonly field: string; readonly value: string }) {
  return /Iccid|Imei|mdn/.test(field) ? <Identifier value={value} /> : value;
}
