import type { ChangesCore } from './core';
import { clusterFailures, type Cluster, type FailedRow } from './clusters.rules';
import { findFailedRows, type FailedRecord } from './clusters.repo';

export async function clustersOf(core: Pick<ChangesCore, 'local'>, changeId: number): Promise<readonly Cluster[]> {
  return clusterFailures((await findFailedRows(core.local.read, changeId)).map(failedRow));
}

function failedRow(record: FailedRecord): FailedRow {
  const { error, disposition } = record;
  return {
    ...record,
    code: error?.code ?? 'no-code',
    faultClass: error?.class ?? 'system',
    message: error?.message ?? 'Nothing says why',
    confirmedBefore: disposition !== null && disposition.proof !== 'none',
  };
}
