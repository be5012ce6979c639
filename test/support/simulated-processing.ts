import { createHash } from 'node:crypto';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { createAuditService, type AuditService } from '../../main/services/audit';
import { createChangesService, type ChangeLimits, type ChangesService } from '../../main/services/changes';
import { createConfirmationService } from '../../main/services/confirmation';
import type { LocalDb } from '../../main/localdb/types';
import type { Provider } from '../../main/services/devices/types';
import { createMetricsService } from '../../main/services/metrics';
import type { DraftRow } from '../../main/services/drafts/types';
import type { EvidenceSource } from '../../main/services/changes';
import {
  createProcessor,
  createQueueService,
  groupWrites,
  type Processor,
  type QueueService,
} from '../../main/services/queue';
import type { Line } from '../../simulator/fleet';
import type { Simulator } from '../../simulator/start-simulator';
import { createFakeCarrier } from './fake-carrier';
import { createFakeCentral, type FakeCentral } from './fake-central';
import type { SimulatedCentral } from './simulated-central';
import { openTestDb } from './local-db';
import { createFakeDrafts, draftRow, SESSION } from './processing';
import { openThingSpace } from './thingspace';
import { NO_FEED } from './no-feed';

/** A new SIM for a line: 20 digits, the same for the same old one, in no fleet of the simulator. */
export function newSim(old: string): string {
  return `8988${BigInt(`0x${createHash('sha256').update(old).digest('hex').slice(0, 16)}`)
    .toString()
    .slice(-16)
    .padStart(16, '0')}`;
}

export interface SimulatedShop {
  readonly changes: ChangesService;
  readonly queue: QueueService;
  readonly audit: AuditService;
  /** The one in memory, unless a real one was opened. */
  readonly central: FakeCentral;
  readonly local: LocalDb;
  readonly processor: Processor;
  readonly provider: Provider;
  /** Lines of the simulator that the draft's rows change, by row. */
  readonly lines: readonly Line[];
  submit(): Promise<number>;
  close(): Promise<void>;
}

export interface SimulatedOptions {
  readonly simulator: Simulator;
  readonly rows: number;
  readonly limits: Partial<ChangeLimits>;
  readonly timeouts: NonNullable<Parameters<typeof openThingSpace>[0]['timeouts']>;
  readonly concurrency: number;
  /** Null: no callback receiver, every line is read back. */
  readonly callbackUrl: string | null;
  /** A real central database instead of the one in memory, given the lines that are to be changed. */
  openCentral?(lines: readonly Line[]): Promise<SimulatedCentral>;
  /** Puts another judge of evidence before the real one, for control runs. */
  wrapEvidence?(real: EvidenceSource): EvidenceSource;
}

/** Queue, changes, carrier client and confirmation as they are, against the simulator; central and drafts in memory. */
export async function openSimulatedShop(options: SimulatedOptions): Promise<SimulatedShop> {
  const { simulator, concurrency, callbackUrl } = options;
  const account = simulator.accounts[0]?.account ?? '';
  const { service: thingspace, provider } = openThingSpace({
    url: simulator.url,
    timeouts: options.timeouts,
    provider: { account, concurrency, callbackUrl },
  });
  const db = await openTestDb();
  const local = groupWrites(db);
  const clock = systemClock;
  const audit = createAuditService({ local, writer: 'desktop:test:olivia', clock });
  const queue = createQueueService({ local, clock, log: silentLog });
  const memory = createFakeCentral();
  const metrics = createMetricsService({ local, clock });
  const lines = simulator.control
    .lines({ account })
    .filter((line) => line.state === 'active' && line.mdn !== null)
    .slice(0, options.rows);
  const real = (await options.openCentral?.(lines)) ?? null;
  const central = real?.identifiers ?? memory;
  const rows = lines.map((line, index) => rowOf(line, index + 1, real?.numbers.get(line.iccid) ?? index + 1));
  for (const row of rows) if (row.deviceId !== null) memory.lines.set(row.deviceId, row.old);
  const changes: ChangesService = createChangesService({
    local,
    queue,
    audit,
    clock,
    ids: systemIds,
    log: silentLog,
    actor: () => SESSION.userName,
    drafts: createFakeDrafts(rows, 'ChangeICCID', { ...createFakeCarrier(), swapRequest: thingspace.swapRequest }),
    devices: { provider: async () => provider },
    identity: { require: () => undefined },
    thingspace,
    identifiers: central,
    evidence: () => evidence,
    metrics,
    pace: async () => provider,
    limits: options.limits,
  });
  const confirmation = createConfirmationService({
    local,
    thingspace,
    changes,
    audit,
    clock,
    ids: systemIds,
    log: silentLog,
  });
  const evidence = options.wrapEvidence?.(confirmation) ?? confirmation;
  const processor = createProcessor({
    local,
    queue,
    changes,
    identifiers: central,
    thingspace,
    confirmation,
    credentials: { load: async () => null },
    sync: NO_FEED,
    metrics,
    alerts: { raise: async () => undefined },
    listProviders: async () => [provider],
    clock,
    ids: systemIds,
    log: silentLog,
  });
  return {
    changes,
    queue,
    audit,
    central: memory,
    local: db,
    processor,
    provider,
    lines,
    submit: async () =>
      (await changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true })).bulkChangeId,
    async close() {
      await processor.stop();
      await confirmation.close();
      await thingspace.close();
      await real?.close();
      await db.close();
    },
  };
}

function rowOf(line: Line, row: number, deviceId: number): DraftRow {
  return draftRow(row, {
    deviceId,
    mdn: line.mdn,
    old: { iccid: line.iccid },
    new: { iccid: newSim(line.iccid) },
  });
}
