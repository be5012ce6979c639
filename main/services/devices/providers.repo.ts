import type { CentralTrx } from '../../centraldb';
import type { ReadDb } from '../../localdb/types';
import type { ProviderFields } from './provider.rules';
import type { Provider } from './types';

/** SQLSTATE unique_violation. */
const DUPLICATE = '23505';

const COLUMNS = `id, uid, name, account, base_url as "baseUrl", service_type as "serviceType", portal,
  rate_per_minute as "ratePerMinute", concurrency, callback_url as "callbackUrl"`;

export async function listCentralProviders(trx: CentralTrx): Promise<readonly Provider[]> {
  const answer = await trx.raw<{ rows: Provider[] }>(
    `select ${COLUMNS} from service_provider order by lower(name), id`,
  );
  return answer.rows;
}

/** As of the last sync. */
export async function listMirroredProviders(db: ReadDb): Promise<readonly Provider[]> {
  return db.raw<Provider[]>(`SELECT ${COLUMNS} FROM service_provider ORDER BY lower(name), id`);
}

/** `name-taken`: also by a provider that the user does not see. */
export async function insertProvider(trx: CentralTrx, fields: ProviderFields): Promise<Provider | 'name-taken'> {
  return unlessTaken(async () => {
    const answer = await trx.raw<{ rows: Provider[] }>(
      `insert into service_provider (name, account, base_url, service_type, portal, rate_per_minute, concurrency,
         callback_url) values (?, ?, ?, ?, ?, ?, ?, ?) returning ${COLUMNS}`,
      [
        fields.name,
        fields.account,
        fields.baseUrl,
        fields.serviceType,
        fields.portal,
        fields.ratePerMinute,
        fields.concurrency,
        fields.callbackUrl,
      ],
    );
    return answer.rows[0] ?? null;
  });
}

export async function updateProvider(
  trx: CentralTrx,
  id: number,
  fields: ProviderFields,
): Promise<Provider | 'name-taken'> {
  return unlessTaken(async () => {
    const answer = await trx.raw<{ rows: Provider[] }>(
      `update service_provider set name = ?, account = ?, base_url = ?, service_type = ?, portal = ?,
         rate_per_minute = ?, concurrency = ?, callback_url = ? where id = ? returning ${COLUMNS}`,
      [
        fields.name,
        fields.account,
        fields.baseUrl,
        fields.serviceType,
        fields.portal,
        fields.ratePerMinute,
        fields.concurrency,
        fields.callbackUrl,
        id,
      ],
    );
    return answer.rows[0] ?? null;
  });
}

async function unlessTaken(write: () => Promise<Provider | null>): Promise<Provider | 'name-taken'> {
  try {
    const provider = await write();
    if (provider !== null) return provider;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === DUPLICATE) return 'name-taken';
    throw error;
  }
  // Row-level security leaves out, without a word, what may not be written.
  throw Object.assign(new Error('service_provider'), { code: '42501' });
}
