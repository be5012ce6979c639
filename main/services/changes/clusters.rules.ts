import { ruleFor } from '../../../shared/domain/carrier-code';
import type { DeviceChangeStatus, IdentifierPair } from '../../../shared/domain/change';
import type { FailureCluster } from '../../../shared/domain/control';
import type { FaultClass } from '../../../shared/domain/fault';

/** Failed rows, sorted into few groups with one action each: what happened, what they share, what to do about them. */
export interface FailedRow {
  readonly row: number;
  readonly status: DeviceChangeStatus;
  readonly code: string;
  readonly faultClass: FaultClass;
  readonly message: string;
  readonly confirmedBefore: boolean;
  readonly new: IdentifierPair;
  readonly customer: string | null;
  readonly ratePlan: string | null;
}

/** More groups than a person reads; the smallest are put together. */
const MOST_CLUSTERS = 15;
const SAMPLE = 20;
const OTHER = 'other';

export interface Cluster extends FailureCluster {
  readonly rowNumbers: readonly number[];
}

export function clusterFailures(rows: readonly FailedRow[]): readonly Cluster[] {
  const groups = new Map<string, FailedRow[]>();
  for (const row of rows) {
    const key = `${row.code}~${row.status}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const sorted = [...groups.entries()].sort(([, a], [, b]) => b.length - a.length);
  const kept = sorted.length > MOST_CLUSTERS ? sorted.slice(0, MOST_CLUSTERS - 1) : sorted;
  const rest = sorted.slice(kept.length).flatMap(([, group]) => group);
  const clusters = kept.map(([key, group]) => clusterOf(key, group));
  return rest.length === 0 ? clusters : [...clusters, clusterOf(OTHER, rest)];
}

function clusterOf(key: string, rows: readonly FailedRow[]): Cluster {
  const [first] = rows;
  if (first === undefined) throw new Error('a cluster without rows');
  const isOther = key === OTHER;
  return {
    key,
    code: isOther ? 'several' : first.code,
    faultClass: isOther ? 'several' : first.faultClass,
    cause: isOther ? 'Several rare causes' : causeOf(first),
    shared: sharedAttribute(rows),
    rows: rows.length,
    sample: rows.slice(0, SAMPLE).map((row) => row.row),
    action: isOther ? { kind: 'retry', label: `Retry ${count(rows.length)}` } : actionOf(first, rows.length),
    rowNumbers: rows.map((row) => row.row),
  };
}

function causeOf(row: FailedRow): string {
  return ruleFor(row.code)?.meaning ?? row.message.split(/(?<=\.)\s/)[0] ?? row.code;
}

/** The longest thing that all have in common and that says more than the change itself does. */
function sharedAttribute(rows: readonly FailedRow[]): FailureCluster['shared'] {
  if (rows.length < 2) return null;
  const same = (attribute: string, of: (row: FailedRow) => string | null): FailureCluster['shared'] => {
    const [first] = rows;
    const value = first === undefined ? null : of(first);
    return value !== null && rows.every((row) => of(row) === value) ? { attribute, value } : null;
  };
  const iccids = commonStart(rows.map((row) => row.new.iccid));
  // Six digits name no more than country and issuer; a TAC of eight names the model.
  if (iccids.length >= 9) return { attribute: 'new ICCID begins with', value: iccids };
  const imeis = commonStart(rows.map((row) => row.new.imei));
  if (imeis.length >= 8) return { attribute: 'new IMEI begins with', value: imeis };
  return same('customer', (row) => row.customer) ?? same('rate plan', (row) => row.ratePlan);
}

function commonStart(values: readonly (string | undefined)[]): string {
  const [first] = values;
  let common = first ?? '';
  for (const value of values) {
    while (!(value ?? '').startsWith(common)) common = common.slice(0, -1);
  }
  return common;
}

function actionOf(row: FailedRow, rows: number): FailureCluster['action'] {
  const those = count(rows);
  if (row.status === 'conflict') {
    return row.confirmedBefore
      ? { kind: 'apply-centrally', label: `Apply ${those} in the central database again` }
      : { kind: 'retry', label: `Retry ${those} when the other change has ended` };
  }
  if (row.status === 'unknown') return { kind: 'read-back', label: `Read back ${those} again` };
  if (row.faultClass === 'auth') return { kind: 'unlock', label: `Check the credentials, then retry ${those}` };
  if (row.code.endsWith('.NotFound') && row.code.startsWith('REQUEST_FAILED.')) {
    return { kind: 'add-plan', label: `Correct the plan of ${those}` };
  }
  if (row.status === 'dead_letter') {
    return ruleFor(row.code) === null && row.faultClass === 'api_permanent'
      ? { kind: 'ask-carrier', label: `Ask Verizon about ${row.code}, then redrive ${those}` }
      : { kind: 'redrive', label: `Redrive ${those}` };
  }
  return { kind: 'correct', label: `Correct ${those} and submit them again` };
}

function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
}
