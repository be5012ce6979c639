import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { openLocalDb } from '../../main/localdb/open';
import type { LocalDb } from '../../main/localdb/types';
import { createAuditService, type AuditService } from '../../main/services/audit';
import { createChangesService, type ChangesService } from '../../main/services/changes';
import { createConfirmationService } from '../../main/services/confirmation';
import type { IdentifiersService } from '../../main/services/identifiers/types';
import { createMetricsService } from '../../main/services/metrics';
import { createProcessor, createQueueService, groupWrites } from '../../main/services/queue';
import { createFakeCarrier } from './fake-carrier';
import { createFakeDrafts, draftRow, SESSION } from './processing';
import { newSim } from './simulated-processing';
import { openThingSpace } from './thingspace';
import { NO_FEED } from './no-feed';

/**
 * A process of its own that submits and processes a change, and kills itself at one named point: a boundary of a
 * transaction, named by what it records, or of a call to the carrier or the central database. Nothing of this is in the
 * program: the services are wrapped from outside.
 */
const orderSchema = z.object({
  file: z.string(),
  simulatorUrl: z.string(),
  centralUrl: z.string(),
  account: z.string(),
  lines: z.array(z.object({ mdn: z.string(), iccid: z.string() })),
  killAt: z.string().nullable(),
  /** Names of the points that were passed are appended here. */
  pointsFile: z.string().nullable(),
});
type Order = z.infer<typeof orderSchema>;

const LIMITS = {
  ...{ firstReadBackMs: 400, quietMs: 900, mostReadBacks: 5 },
  sendBackoff: { minMs: 20, maxMs: 60 },
  readBackBackoff: { minMs: 100, maxMs: 300 },
  systemBackoff: { minMs: 20, maxMs: 60 },
};

const order = orderSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const passed = new Set<string>();
const inTransaction = new AsyncLocalStorage<string[]>();

function point(name: string): void {
  if (order.killAt === name) process.kill(process.pid, 'SIGKILL');
  if (order.pointsFile !== null && !passed.has(name)) appendFileSync(order.pointsFile, `${name}\n`);
  passed.add(name);
}

/** Every function of the object, with a point before and one after it. */
function guarded<T extends object>(kind: string, service: T): T {
  return new Proxy(service, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof value !== 'function' || key === 'swapRequest' || key === 'close') return value;
      return (...args: unknown[]): unknown => {
        point(`before ${kind}.${String(key)}`);
        const result: unknown = Reflect.apply(value, target, args);
        if (!(result instanceof Promise)) return result;
        return result.then((answer: unknown) => {
          point(`after ${kind}.${String(key)}`);
          return answer;
        });
      };
    },
  });
}

function watchedDb(db: LocalDb): LocalDb {
  return {
    ...db,
    async write(fn, options) {
      const noted: string[] = [];
      const value = await db.write(
        (trx) =>
          inTransaction.run(noted, async () => {
            const answer = await fn(trx);
            for (const name of noted) point(`before the commit of ${name}`);
            return answer;
          }),
        options,
      );
      for (const name of noted) point(`after the commit of ${name}`);
      return value;
    },
  };
}

function watchedAudit(audit: AuditService): AuditService {
  return {
    ...audit,
    async record(trx, events) {
      inTransaction.getStore()?.push(...events.map((event) => event.action));
      await audit.record(trx, events);
    },
  };
}

/** The central database lives in the parent: it survives. */
function remoteCentral(url: string): IdentifiersService {
  const call =
    (name: string) =>
    async (...args: unknown[]): Promise<unknown> => {
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ name, args }) });
      return ((await answer.json()) as { value?: unknown }).value;
    };
  return new Proxy({} as IdentifiersService, { get: (_target, name) => call(String(name)) });
}

async function main({ file, simulatorUrl, centralUrl, account, lines }: Order): Promise<void> {
  const db = await openLocalDb({ file });
  const local = watchedDb(groupWrites(db));
  const clock = systemClock;
  const base = { local, clock, ids: systemIds, log: silentLog };
  const { service, provider } = openThingSpace({
    url: simulatorUrl,
    timeouts: { answerMs: 1_000, totalMs: 1_500 },
    provider: { account, concurrency: 3, callbackUrl: 'http://127.0.0.1:0/callbacks' },
  });
  const thingspace = guarded('carrier', service);
  const identifiers = guarded('central', remoteCentral(centralUrl));
  const audit = watchedAudit(createAuditService({ local, writer: 'desktop:test:olivia', clock }));
  const plain = createQueueService({ local, clock, log: silentLog });
  const queue = {
    ...plain,
    claim: async (...args: Parameters<typeof plain.claim>) => {
      const claimed = await plain.claim(...args);
      if (claimed.jobs.length > 0) inTransaction.getStore()?.push('a claim');
      return claimed;
    },
  };
  const metrics = createMetricsService({ local, clock });
  const rows = lines.map((line, index) =>
    draftRow(index + 1, { mdn: line.mdn, old: { iccid: line.iccid }, new: { iccid: newSim(line.iccid) } }),
  );
  const changes: ChangesService = createChangesService({
    ...{ ...base, queue, audit, thingspace, identifiers, metrics, limits: LIMITS },
    actor: () => SESSION.userName,
    drafts: createFakeDrafts(rows, 'ChangeICCID', { ...createFakeCarrier(), swapRequest: service.swapRequest }),
    devices: { provider: async () => provider },
    identity: { require: () => undefined },
    evidence: () => confirmation,
    pace: async () => provider,
  });
  const confirmation = createConfirmationService({ ...base, thingspace, changes, audit });
  const processor = createProcessor({
    ...{ ...base, queue, changes, identifiers, thingspace, confirmation, metrics },
    alerts: { raise: async () => undefined },
    credentials: { load: async () => null },
    sync: NO_FEED,
    listProviders: async () => [provider],
    times: { tickMs: 50, statusPushMs: 200 },
  });
  if ((await changes.list({ limit: 1, offset: 0 })).total === 0) {
    await changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
  }
  const { reason } = await processor.run({ untilIdle: true, timeoutMs: 60_000 });
  await confirmation.close();
  await service.close();
  await db.close();
  process.stdout.write(JSON.stringify({ reason }));
}

main(order).catch((error: unknown) => {
  process.stderr.write(String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
});
