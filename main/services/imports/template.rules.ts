import { changedKinds, type ChangeType } from '../../../shared/domain/change';
import type { Field } from '../../../shared/domain/finding';

/** An empty list for one type of change: headings that an import knows, and examples that say what belongs there. */
export interface Template {
  readonly columns: readonly { readonly heading: string; readonly width: number }[];
  readonly examples: readonly (readonly string[])[];
}

interface TemplateColumn {
  readonly heading: string;
  readonly width: number;
  readonly example: string;
}

// Made up, with right check digits; the telephone number is of those kept for fiction.
const COLUMNS: Readonly<Record<Exclude<Field, 'deviceId' | 'note'>, TemplateColumn>> = {
  mdn: { heading: 'MDN', width: 14, example: '2025550143' },
  oldIccid: { heading: 'Old ICCID', width: 24, example: '89148000000000000001' },
  newIccid: { heading: 'New ICCID', width: 24, example: '89148000000000000019' },
  oldImei: { heading: 'Old IMEI', width: 20, example: '490154203237518' },
  newImei: { heading: 'New IMEI', width: 20, example: '356938035643809' },
  customer: { heading: 'Customer', width: 24, example: '' },
  ratePlan: { heading: 'Rate plan', width: 18, example: '' },
  ratePool: { heading: 'Rate pool', width: 18, example: '' },
  effectiveDate: { heading: 'Effective date', width: 16, example: '' },
};

const LINE_NOTE =
  'Example: delete this row. One row for each line. MDN or the old identifier says which line it is; both are compared ' +
  'when both are there. Keep the cells as text, or a spreadsheet destroys digits.';
const PLAN_NOTE =
  'Example: delete this row. Customer, rate plan and rate pool may stay empty: then they stay as they are. ' +
  'Effective date as 2026-12-31.';

export function templateOf(changeType: ChangeType): Template {
  const kinds = (['iccid', 'imei'] as const).filter((kind) => changedKinds(changeType).includes(kind));
  const fields = [
    'mdn' as const,
    ...kinds.flatMap((kind) =>
      kind === 'iccid' ? (['oldIccid', 'newIccid'] as const) : (['oldImei', 'newImei'] as const),
    ),
    ...(['customer', 'ratePlan', 'ratePool', 'effectiveDate'] as const),
  ].map((field) => COLUMNS[field]);
  const example = fields.map((column) => column.example);
  return {
    columns: [...fields.map(({ heading, width }) => ({ heading, width })), { heading: 'Note', width: 90 }],
    examples: [
      [...example, LINE_NOTE],
      [...example.map(() => ''), PLAN_NOTE],
    ],
  };
}
