import pg from 'pg';

/**
 * How values arrive: `bigint` as a number (a number beyond 2^53 would be an error of ours, and is thrown), `timestamptz`
 * as epoch milliseconds, `date` as `YYYY-MM-DD` (a day has no time zone). Everything else as the driver does it.
 */
export const driverTypes: pg.CustomTypesConfig = {
  getTypeParser(id: number, format?: 'text' | 'binary') {
    if (format === 'binary') return pg.types.getTypeParser(id, 'binary') as never;
    return PARSERS.get(id) ?? (pg.types.getTypeParser(id, 'text') as never);
  },
};

function parseWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`number out of range: ${text}`);
  return value;
}

const parseDate = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text') as (text: string) => Date;

function parseInstant(text: string): number {
  return parseDate(text).getTime();
}

const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, parseWhole],
  [pg.types.builtins.TIMESTAMPTZ, parseInstant],
  [pg.types.builtins.DATE, (text: string) => text],
]);
