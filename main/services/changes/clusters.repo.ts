import type { DeviceChangeStatus, Disposition, IdentifierPair } from '../../../shared/domain/change';
import type { Fault } from '../../../shared/domain/fault';
import type { ReadDb } from '../../localdb/types';
import { HAS_FAILED, pairOf } from './changes.repo';

export interface FailedRecord {
  readonly row: number;
  readonly status: DeviceChangeStatus;
  readonly error: Fault | null;
  readonly disposition: Disposition | null;
  readonly new: IdentifierPair;
  readonly customer: string | null;
  readonly ratePlan: string | null;
}

/** Every row of a change that failed or waits for a person, in order. */
export async function findFailedRows(read: ReadDb, changeId: number): Promise<readonly FailedRecord[]> {
  const records = await read.raw<
    {
      row_no: number;
      status: DeviceChangeStatus;
      error: string | null;
      disposition: string | null;
      new_iccid: string | null;
      new_imei: string | null;
      customer: string | null;
      rate_plan: string | null;
    }[]
  >(
    `select row_no, status, error, disposition, new_iccid, new_imei, customer, rate_plan from m2m_device_change
     where bulk_change_id = ? and ${HAS_FAILED} order by row_no`,
    [changeId],
  );
  return records.map((record) => ({
    row: record.row_no,
    status: record.status,
    error: record.error === null ? null : (JSON.parse(record.error) as Fault),
    disposition: record.disposition === null ? null : (JSON.parse(record.disposition) as Disposition),
    new: pairOf(record.new_iccid, record.new_imei),
    customer: record.customer,
    ratePlan: record.rate_plan,
  }));
}
