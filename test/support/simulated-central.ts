import { openCentralDb, type CentralConnection } from '../../main/centraldb';
import { silentLog } from '../../main/lib/logger';
import { createIdentifiersService, type IdentifiersService } from '../../main/services/identifiers';
import type { Line } from '../../simulator/fleet';
import type { TestCentral, TestDatabase } from './central';
import { PROVIDER } from './processing';

/** A real central database that knows the simulator's lines, and how to make it fail. */
export interface SimulatedCentral {
  readonly database: TestDatabase;
  readonly identifiers: IdentifiersService;
  /** Central number of a line, by its ICCID before any change. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Where the desk connects from now on; null: to the server as it is. */
  divert(to: Partial<CentralConnection> | null): void;
  /** Cuts every connection of the desk. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

export async function openSimulatedCentral(server: TestCentral, lines: readonly Line[]): Promise<SimulatedCentral> {
  const database = await server.fresh();
  const desk = database.desk('desk');
  await database.query(
    `insert into service_provider (uid, name, account, base_url, rate_per_minute) values ($1, $2, '1', 'http://127.0.0.1:1', null)`,
    [PROVIDER.uid, PROVIDER.name],
  );
  const stored = await database.query<{ id: string; iccid: string }>(
    `insert into device (provider_id, iccid, imei, mdn, status)
     select p.id, l.iccid, l.imei, l.mdn, 'active'
     from service_provider p, jsonb_to_recordset($1) as l (iccid text, imei text, mdn text) returning id, iccid`,
    [JSON.stringify(lines.map(({ iccid, imei, mdn }) => ({ iccid, imei, mdn })))],
  );
  const session = await database.addUser(desk, { name: 'olivia', role: 'operator' });
  let diverted: Partial<CentralConnection> | null = null;
  const central = openCentralDb({
    connect: async () => ({
      ...(await server.embedded.desktopConnection()),
      database: database.desktop.database,
      ...diverted,
    }),
    log: silentLog,
  });
  return {
    database,
    identifiers: createIdentifiersService({ central, session: () => session }),
    numbers: new Map(stored.map(({ id, iccid }) => [iccid, Number(id)])),
    divert: (to) => (diverted = to),
    async cut() {
      await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [
        database.desktop.user,
      ]);
    },
    close: () => central.close(),
  };
}
