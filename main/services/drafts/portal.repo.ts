import type { ReadDb, Trx } from '../../localdb/types';

/** The provider's log, for audit entries; a provider that is not in the mirror yet counts as M2M. */
export async function portalOf(db: ReadDb | Trx, providerUid: string): Promise<'m2m' | 'mobility'> {
  const [row] = await db.raw<{ portal: 'm2m' | 'mobility' }[]>(`select portal from service_provider where uid = ?`, [
    providerUid,
  ]);
  return row?.portal ?? 'm2m';
}
