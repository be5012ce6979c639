import { systemClock } from '../../main/lib/clock';
import type { LocalDb } from '../../main/localdb/types';
import type { Provider } from '../../main/services/devices/types';

export interface MirrorDevice {
  readonly id: number;
  readonly iccid: string;
  readonly imei: string | null;
  readonly mdn: string | null;
  readonly status?: string;
  readonly providerId?: number;
}

export const PROVIDER_UID = '01900000-0000-7000-8000-000000000001';
/** The first provider of `fillMirror`. */
export const PROVIDER: Provider = {
  id: 1,
  uid: PROVIDER_UID,
  name: 'Northwind Fleet',
  account: '0000123456-00001',
  baseUrl: 'https://thingspace.verizon.com',
  serviceType: '4g',
  portal: 'm2m',
  ratePerMinute: null,
  concurrency: 20,
  callbackUrl: null,
};
const OTHER_PROVIDER_UID = '01900000-0000-7000-8000-000000000002';
/** Fresh whenever the test runs: verdicts on an old mirror carry a warning. */
const mirrorAtMs = (): number => systemClock.now() - 60_000;

/** A mirror as a finished pull leaves it: two providers, two customers with plans and pools, and these lines. */
export async function fillMirror(local: LocalDb, devices: readonly MirrorDevice[]): Promise<void> {
  await local.write(async (trx) => {
    await trx.raw(
      `insert into service_provider (id, uid, name, account, base_url, service_type, portal, rate_per_minute, concurrency)
       values (1, ?, 'Northwind Fleet', '0000123456-00001', 'https://thingspace.verizon.com', '4g', 'm2m', null, 20),
              (2, ?, 'Contoso Metering', '0000123456-00002', 'https://thingspace.verizon.com', '4g', 'm2m', null, 20)`,
      [PROVIDER_UID, OTHER_PROVIDER_UID],
    );
    await trx.raw(`insert into customer (id, uid, provider_id, name) values (1, 'c1', 1, 'Harbor Logistics')`);
    await trx.raw(`insert into customer_rate_plan (id, uid, provider_id, name) values (1, 'p1', 1, 'HL-5MB')`);
    await trx.raw(`insert into customer_rate_pool (id, uid, provider_id, name) values (1, 'o1', 1, 'HL-Pool')`);
    await trx.raw(
      `insert into device (id, uid, provider_id, iccid, imei, mdn, status)
       select value->>0, 'device-' || (value->>0), value->>1, value->>2, value->>3, value->>4, value->>5
       from json_each(?)`,
      [
        JSON.stringify(
          devices.map((device) => [
            device.id,
            device.providerId ?? 1,
            device.iccid,
            device.imei,
            device.mdn,
            device.status ?? 'active',
          ]),
        ),
      ],
    );
    await trx.raw(
      `insert into sync_state (only_row, central_uid, scope, cursor_xid, mirror_at) values (1, 'central', '', '1', ?)`,
      [mirrorAtMs()],
    );
  });
}
