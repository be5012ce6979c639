import { z } from 'zod';
import { alertSchema, type Alert } from '../../../shared/domain/alert';
import type { CentralTrx } from '../../centraldb/types';
import type { NewAlert } from './types';

/** SQL of the alerts; what is seen and who may write is the database's own matter (procedures/control.sql). */
const MOST_SHOWN = 200;

export async function selectOpen(trx: CentralTrx): Promise<readonly Alert[]> {
  const answer: { rows: unknown } = await trx.raw(
    `select a.uid, p.uid as "providerUid", p.name as "providerName", a.code, a.message, a.raised_by as "raisedBy",
       to_char(a.raised_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "raisedAt"
     from alert a left join service_provider p on p.id = a.provider_id
     where a.acknowledged_at is null order by a.raised_at desc, a.id desc limit ?`,
    [MOST_SHOWN],
  );
  return z.array(alertSchema).parse(answer.rows);
}

export async function raise(trx: CentralTrx, alert: NewAlert): Promise<void> {
  await trx.raw('select alert_raise(?, ?, ?, ?)', [alert.providerUid, alert.code, alert.about, alert.message]);
}

export async function acknowledge(trx: CentralTrx, uid: string): Promise<boolean> {
  const answer: { rows: { answer: unknown }[] } = await trx.raw('select alert_acknowledge(?) as answer', [uid]);
  return z.boolean().parse(answer.rows[0]?.answer);
}
