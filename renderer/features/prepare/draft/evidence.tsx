import type { Finding } from '../../../../shared/domain/finding';
import { findingRule } from '../../../../shared/domain/finding-catalogue';
import { Ago } from '../../../ui/ago';

/** What proves a finding: the detail, whose rule it is, and the data that was looked at with its age. */
export function Evidence({ finding }: { readonly finding: Finding }) {
  const source = findingRule(finding.code)?.source;
  const parts = [finding.evidence, source === undefined ? undefined : `Rule: ${source}`].filter(Boolean);
  return (
    <>
      {parts.map((part) => `${part}. `)}
      <DataLooked finding={finding} />
    </>
  );
}

function DataLooked({ finding }: { readonly finding: Finding }) {
  const { data } = finding;
  if (data === undefined) return 'Judged by the cell alone.';
  const age =
    data.at === undefined ? null : (
      <>
        {' '}
        as of <Ago at={data.at} />
      </>
    );
  switch (data.from) {
    case 'list':
      return 'Judged by the other rows of the list.';
    case 'mirror':
      return <>Judged by the lines{age}.</>;
    case 'changes':
      return <>Judged by the changes that are open on this desktop{age}.</>;
    default:
      return data.from satisfies never;
  }
}
