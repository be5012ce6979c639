import type { ReactNode } from 'react';
import type { Draft, DraftRow } from '../../../../shared/contract/drafts';
import { fieldSchema, type Field } from '../../../../shared/domain/finding';
import { VERDICT_WORDS } from '../../../lib/status-words';
import { Badge } from '../../../ui/badge';
import type { CellMark, Column } from '../../../ui/grid-columns';
import { Identifier } from '../../../ui/identifier';
import { rawOf, valueOf } from '../../../../shared/domain/row-cells';
import { FIELD_WORDS } from '../../../lib/field-words';
import { mainFields } from './fields';
import { byGravity, worstWords } from './finding-words';

const LINE: Column<DraftRow> = {
  key: 'line',
  heading: 'line',
  minPx: 50,
  align: 'end',
  sortKey: 'row',
  cell: (row) => row.line,
  text: (row) => String(row.line),
};

const VERDICT: Column<DraftRow> = {
  key: 'verdict',
  heading: 'verdict',
  minPx: 130,
  grow: 1.6,
  sortKey: 'verdict',
  cell: (row) =>
    row.excluded ? (
      <Badge tone="rest">left out</Badge>
    ) : (
      <Badge tone={VERDICT_WORDS[row.verdict].tone}>{worstWords(row)}</Badge>
    ),
  text: (row) => (row.excluded ? 'left out' : worstWords(row)),
};

/** The gravest finding about a cell that nobody has taken responsibility for. */
function markOf(row: DraftRow, field: Field): CellMark | null {
  const accepted = row.overrides.map(({ code }) => code);
  const [worst] = byGravity(row.findings.filter((one) => one.field === field && !accepted.includes(one.code)));
  return worst?.level ?? null;
}

const WIDTHS: Readonly<Record<Field, number>> = {
  deviceId: 64,
  mdn: 98,
  oldIccid: 180,
  newIccid: 198,
  oldImei: 138,
  newImei: 156,
  customer: 110,
  ratePlan: 84,
  ratePool: 84,
  effectiveDate: 96,
  note: 120,
};

const GROWING: readonly Field[] = ['customer', 'note'];

function showField(row: DraftRow, field: Field): ReactNode {
  const value = valueOf(row, field);
  switch (field) {
    case 'mdn':
    case 'oldIccid':
    case 'oldImei':
      return <Identifier value={value ?? row.cells[field]} />;
    case 'newIccid':
      return <NewIdentifier value={value ?? row.cells[field]} old={row.old.iccid} />;
    case 'newImei':
      return <NewIdentifier value={value ?? row.cells[field]} old={row.old.imei} />;
    case 'deviceId':
    case 'customer':
    case 'ratePlan':
    case 'ratePool':
    case 'effectiveDate':
    case 'note':
      return value ?? row.cells[field] ?? '';
    default:
      return field satisfies never;
  }
}

function NewIdentifier({ value, old }: { readonly value: string | undefined; readonly old: string | undefined }) {
  return (
    <>
      <span aria-hidden="true">→ </span>
      <Identifier value={value} comparedWith={old} />
    </>
  );
}

function columnOf(field: Field): Column<DraftRow> {
  return {
    key: field,
    heading: FIELD_WORDS[field],
    minPx: WIDTHS[field],
    sortKey: field,
    ...(GROWING.includes(field) ? { grow: 1 } : {}),
    cell: (row) => showField(row, field),
    text: (row) => valueOf(row, field) ?? row.cells[field] ?? '',
    raw: (row) => rawOf(row, field),
    mark: (row) => markOf(row, field),
  };
}

const COLUMNS = new Map(fieldSchema.options.map((field) => [field, columnOf(field)]));
/** In the order in which they stand. */
const FURTHER: readonly Field[] = [
  'deviceId',
  'oldIccid',
  'newIccid',
  'oldImei',
  'newImei',
  'customer',
  'ratePlan',
  'ratePool',
  'effectiveDate',
  'note',
];

/** Columns that a person may add to those that every list of the type has. */
export function furtherFields({ changeType }: Pick<Draft, 'changeType'>): readonly Field[] {
  const main = mainFields(changeType);
  return FURTHER.filter((field) => !main.includes(field));
}

/** A list that assigns customers or plans, or dates or notes, has their columns: a row of it tells. */
export function usualFields(draft: Pick<Draft, 'changeType'>, sample: DraftRow | null): readonly Field[] {
  if (sample === null) return [];
  const telling: readonly Field[] = ['customer', 'ratePlan'];
  return furtherFields(draft).filter((field) => telling.includes(field) && rawOf(sample, field) !== '');
}

/** @param further null: as many of the usual ones as there is room for */
export function draftColumns(
  draft: Pick<Draft, 'changeType'>,
  sample: DraftRow | null,
  further: readonly Field[] | null,
): readonly Column<DraftRow>[] {
  const added = (further ?? usualFields(draft, sample)).flatMap((field) => {
    const column = COLUMNS.get(field);
    if (column === undefined) return [];
    return [further === null ? { ...column, optional: true as const } : column];
  });
  const main = mainFields(draft.changeType).flatMap((field) => COLUMNS.get(field) ?? []);
  return [LINE, ...main, ...added, VERDICT];
}
