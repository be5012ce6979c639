import type { Draft, DraftRow } from '../../../shared/contract/drafts';
import { changedKinds } from '../../../shared/domain/change';
import { VERDICT_WORDS } from '../../lib/status-words';
import { Badge } from '../../ui/badge';
import type { Column } from '../../ui/grid-columns';
import { Identifier } from '../../ui/identifier';
import { Pair, pairTexts } from '../../ui/pair';
import { worstWords } from './finding-words';

const LINE: Column<DraftRow> = {
  key: 'line',
  heading: 'line',
  minPx: 44,
  align: 'end',
  cell: (row) => row.line,
  text: (row) => String(row.line),
};
const MDN: Column<DraftRow> = {
  key: 'mdn',
  heading: 'MDN',
  minPx: 98,
  cell: (row) => <Identifier value={row.mdn} />,
  text: (row) => row.mdn ?? '',
};
const PAIR: Column<DraftRow> = {
  key: 'pair',
  heading: 'now → new',
  minPx: 384,
  cell: (row) => <Pair from={row.old} to={row.new} />,
  text: (row) => pairTexts(row.old, row.new),
};
const CUSTOMER: Column<DraftRow> = {
  key: 'customer',
  heading: 'customer',
  minPx: 110,
  grow: 1,
  optional: true,
  cell: (row) => row.customer ?? '',
  text: (row) => row.customer ?? '',
};
const PLAN: Column<DraftRow> = {
  key: 'plan',
  heading: 'rate plan',
  minPx: 80,
  optional: true,
  cell: (row) => row.ratePlan ?? '',
  text: (row) => row.ratePlan ?? '',
};
const VERDICT: Column<DraftRow> = {
  key: 'verdict',
  heading: 'verdict',
  minPx: 124,
  grow: 1.6,
  cell: (row) => <Badge tone={VERDICT_WORDS[row.verdict].tone}>{worstWords(row)}</Badge>,
  text: (row) => worstWords(row),
};

const BOTH: Column<DraftRow> = { ...PAIR, heading: 'now → new: ICCID above, IMEI below' };

const columnsOf = (pair: Column<DraftRow>) => ({
  base: [LINE, MDN, pair, VERDICT],
  withCustomer: [LINE, MDN, pair, CUSTOMER, VERDICT],
  withPlan: [LINE, MDN, pair, CUSTOMER, PLAN, VERDICT],
});
const ONE_KIND = columnsOf(PAIR);
const BOTH_KINDS = columnsOf(BOTH);
const ONE_LINE_PX = 34;
const TWO_LINES_PX = 52;

/** A list that assigns customers or plans has their columns: a row of it tells. */
export function draftColumns(draft: Pick<Draft, 'changeType'>, sample: DraftRow | null) {
  const isBoth = changedKinds(draft.changeType).length > 1;
  const { base, withCustomer, withPlan } = isBoth ? BOTH_KINDS : ONE_KIND;
  return {
    columns: sample?.ratePlan != null ? withPlan : sample?.customer != null ? withCustomer : base,
    rowPx: isBoth ? TWO_LINES_PX : ONE_LINE_PX,
  };
}
