import { Text } from '@mantine/core';
import type { DraftRow } from '../../../shared/contract/drafts';
import type { Finding } from '../../../shared/domain/finding';
import { findingRule } from '../../../shared/domain/finding-catalogue';
import { Ago } from '../../ui/ago';
import { Badge } from '../../ui/badge';
import { Identifier } from '../../ui/identifier';
import { Fact, Facts } from '../../ui/screen';
import classes from './row-findings.module.css';
import { byGravity, shortWords } from './finding-words';

const TONES = { error: 'bad', warning: 'warn', info: 'rest' } as const;

/** One row's story: what it says, what was found, why it matters, what to do. */
export function RowFindings({ row, mirrorAt }: { readonly row: DraftRow; readonly mirrorAt: string | null }) {
  return (
    <>
      {row.findings.length === 0 ? (
        <Text size="sm">
          <Badge tone="done">valid</Badge> Nothing was found. It can be sent.
        </Text>
      ) : (
        byGravity(row.findings).map((finding, index) => (
          <FindingStory key={`${finding.code}-${index}`} finding={finding} mirrorAt={mirrorAt} />
        ))
      )}
      <div className={classes.line} />
      <Facts>
        <Fact label="MDN">
          <Identifier value={row.mdn} />
        </Fact>
        {(['iccid', 'imei'] as const).map((kind) =>
          row.old[kind] === undefined && row.new[kind] === undefined ? null : (
            <Fact key={kind} label={kind.toUpperCase()}>
              <div>
                now <Identifier value={row.old[kind]} />
              </div>
              {row.new[kind] === undefined ? null : (
                <div>
                  new <Identifier value={row.new[kind]} comparedWith={row.old[kind]} />
                </div>
              )}
            </Fact>
          ),
        )}
        {row.customer === null ? null : <Fact label="Customer">{row.customer}</Fact>}
        {row.ratePlan === null ? null : <Fact label="Customer rate plan">{row.ratePlan}</Fact>}
        {row.ratePool === null ? null : <Fact label="Customer rate pool">{row.ratePool}</Fact>}
        {row.effectiveDate === null ? null : <Fact label="Effective">{row.effectiveDate}</Fact>}
        {row.note === null ? null : <Fact label="Note">{row.note}</Fact>}
      </Facts>
    </>
  );
}

function FindingStory({ finding, mirrorAt }: { readonly finding: Finding; readonly mirrorAt: string | null }) {
  const rule = findingRule(finding.code);
  return (
    <article className={classes.finding}>
      <Badge tone={TONES[finding.level]}>{shortWords(finding.code)}</Badge>
      <Text size="sm" mt={6}>
        {finding.message}
      </Text>
      {finding.seen === undefined ? null : (
        <Text size="sm" mt={4}>
          Read: <code className={classes.seen}>{finding.seen}</code>
        </Text>
      )}
      {rule === undefined ? null : (
        <Text size="sm" mt={4} fw={550}>
          {rule.remedy}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {finding.evidence === undefined ? '' : `${finding.evidence} · `}lines as of <Ago at={mirrorAt} />
        {rule?.overridable == null ? '' : ' · can be accepted when sending'}
      </Text>
    </article>
  );
}
