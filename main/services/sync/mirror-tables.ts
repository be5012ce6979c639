/**
 * What the mirror holds of the central database. The columns are named alike on both sides; number, uid and row version
 * come first everywhere.
 */
export interface MirrorTable {
  readonly name: string;
  readonly columns: readonly [id: 'id', uid: 'uid', rowVersion: 'row_version', ...string[]];
  /** Columns of which the mirror holds each value once, besides number and uid. */
  readonly unique: readonly string[];
}

const named = (name: string, ...more: readonly string[]): MirrorTable => ({
  name,
  columns: ['id', 'uid', 'row_version', 'provider_id', 'name', ...more],
  unique: [],
});

/** In the order of a full pull: what lines refer to comes before them. */
export const MIRROR_TABLES: readonly MirrorTable[] = [
  {
    name: 'service_provider',
    columns: [
      ...(['id', 'uid', 'row_version'] as const),
      'name',
      'account',
      'base_url',
      'service_type',
      'portal',
      'rate_per_minute',
      'concurrency',
      'callback_url',
    ],
    unique: [],
  },
  named('customer'),
  named('customer_rate_plan', 'carrier_plan'),
  named('customer_rate_pool'),
  {
    name: 'device',
    columns: [
      ...(['id', 'uid', 'row_version'] as const),
      'provider_id',
      'iccid',
      'imei',
      'mdn',
      'eid',
      'status',
      'carrier_plan',
      'customer_id',
      'customer_rate_plan_id',
      'customer_rate_pool_id',
      'last_connection_at',
    ],
    unique: ['iccid', 'imei'],
  },
];

/** Values in the order of the table's columns. */
export type MirrorRow = readonly [id: number, uid: string, rowVersion: number, ...(string | number | null)[]];
