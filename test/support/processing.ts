import type { ChangeType, IdentifierPair } from '../../shared/domain/change';
import type { Clock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import type { LocalDb } from '../../main/localdb/types';
import type { NewAlert } from '../../main/services/alerts';
import { createAuditService } from '../../main/services/audit';
import { createChangesService, type ChangeLimits, type ChangesService } from '../../main/services/changes';
import type { Provider } from '../../main/services/devices/types';
import type { Draft, DraftRow, DraftsService, TakenRow } from '../../main/services/drafts/types';
import type { Session } from '../../main/services/identity/types';
import { createMetricsService, type MetricsService } from '../../main/services/metrics';
import { createProcessor, createQueueService, groupWrites, type Processor } from '../../main/services/queue';
import type { ProcessorTimes, QueueService } from '../../main/services/queue';
import type { AuditService } from '../../main/services/audit';
import { createFakeCarrier, type FakeCarrier } from './fake-carrier';
import { createFakeCentral, type FakeCentral } from './fake-central';
import { openTestDb } from './local-db';
import { NO_FEED } from './no-feed';

export const PROVIDER: Provider = {
  id: 1,
  uid: '0190a0a0-0000-7000-8000-000000000001',
  name: 'Training North',
  account: '0000123456-00001',
  baseUrl: 'http://127.0.0.1:1',
  serviceType: '4g',
  portal: 'm2m',
  ratePerMinute: null,
  concurrency: 10,
  callbackUrl: null,
};

export const SESSION: Session = {
  token: 'token',
  userUid: '0190a0a0-0000-7000-8000-0000000000aa',
  userName: 'olivia',
  role: 'operator',
  providerUids: null,
  customerUids: null,
  expiresAt: Number.MAX_SAFE_INTEGER,
};

export const oldIccid = (line: number): string => `8914800000${String(line).padStart(10, '0')}`;
export const newIccid = (line: number): string => `8988200000${String(line).padStart(10, '0')}`;
const imei = (line: number): string => String(490_154_203_000_000 + line);

/** A row of a draft, perhaps with what must happen before it. */
export type FakeRow = DraftRow & Partial<Pick<TakenRow, 'after' | 'afterOpenChange' | 'deleteFirst'>>;

export function draftRow(line: number, part: Partial<FakeRow> = {}): FakeRow {
  return {
    row: line,
    line: line + 1,
    verdict: 'valid',
    deviceId: line,
    mdn: String(5_550_000_000 + line),
    old: { iccid: oldIccid(line) },
    new: { iccid: newIccid(line) },
    customer: null,
    ratePlan: null,
    ratePool: null,
    effectiveDate: null,
    note: null,
    findings: [],
    excluded: false,
    edited: [],
    overrides: [],
    cells: {},
    ...part,
  };
}

/** Drafts in memory: what `submit` asks of the real ones. */
export function createFakeDrafts(rows: FakeRow[], changeType: ChangeType, carrier: FakeCarrier) {
  const count = (verdict: DraftRow['verdict']): number => rows.filter((row) => row.verdict === verdict).length;
  const draft = (): Draft => ({
    id: 7,
    uid: '0190a0a0-0000-7000-8000-000000000007',
    name: 'Friday swaps',
    providerUid: PROVIDER.uid,
    providerName: PROVIDER.name,
    changeType,
    sourceName: 'friday.csv',
    createdAt: '2026-01-05T09:00:00.000Z',
    createdBy: SESSION.userName,
    rows: rows.length,
    valid: count('valid'),
    warning: count('warning'),
    error: count('error'),
    findings: {},
    mirrorAt: null,
    excluded: 0,
    undo: null,
    redo: null,
    reading: null,
    sharing: false,
  });
  const chosen = (choice: { acceptWarnings: boolean }): readonly TakenRow[] =>
    rows
      .filter((row) => row.verdict === 'valid' || (row.verdict === 'warning' && choice.acceptWarnings))
      .map((row) => ({ after: [], afterOpenChange: false, deleteFirst: null, ...row }));
  const requestsOf = (provider: Provider, taken: readonly TakenRow[]) =>
    taken.map((row) => carrier.swapRequest(provider, { type: changeType, old: row.old, new: row.new, mdn: row.mdn }));
  let planned = '';
  const drafts: Pick<DraftsService, 'get' | 'recheck' | 'plan' | 'takeRows' | 'removeRows'> = {
    get: async () => draft(),
    recheck: async () => ({ draft: draft(), checked: 0, moved: 0, verdictsMoved: 0, differences: [] }),
    plan: async (_draft, provider, choice) => {
      const rowsToSend = chosen(choice);
      const requests = requestsOf(provider, rowsToSend);
      planned = JSON.stringify(requests);
      return {
        ...{ draftId: 7, rows: rowsToSend.length, deletes: 0, skipped: 0, leftOut: [], nothingToDo: 0 },
        requests: requests.map((request, index) => ({
          ...request,
          row: rowsToSend[index]?.row ?? 0,
          purpose: 'swap' as const,
          after: rowsToSend[index]?.after ?? [],
          reversibility: { kind: 'reversible' as const, why: '' },
        })),
        reversibility: { reversible: rowsToSend.length, conditional: 0, not: 0 },
        quotas: { planChanges: 0, planChangesAMonth: 4, actionsADay: 5, linesAtLimit: 0 },
        planHash: 'plan-hash',
        expectedSeconds: { least: 0, most: 1 },
      };
    },
    takeRows: async (_trx, _draft, provider, choice) => {
      const taken = chosen(choice);
      const isPlanned = JSON.stringify(requestsOf(provider, taken)) === planned;
      return { rows: taken, planHash: isPlanned ? 'plan-hash' : 'another' };
    },
    removeRows: async (_trx, _draft, taken) => {
      for (let index = rows.length - 1; index >= 0; index -= 1) {
        if (taken.includes(rows[index]?.row ?? -1)) rows.splice(index, 1);
      }
    },
  };
  return drafts;
}

export interface Workshop {
  readonly local: LocalDb;
  readonly queue: QueueService;
  readonly audit: AuditService;
  readonly changes: ChangesService;
  readonly carrier: FakeCarrier;
  readonly central: FakeCentral;
  readonly clock: Clock;
  /** What every desk was told. */
  readonly alerts: readonly NewAlert[];
  readonly metrics: MetricsService;
  processor(times?: Partial<ProcessorTimes>): Processor;
  close(): Promise<void>;
}

export interface WorkshopOptions {
  readonly rows: number | FakeRow[];
  readonly clock: Clock;
  readonly limits?: Partial<ChangeLimits>;
  readonly provider?: Partial<Provider>;
}

/** Everything of the changes and the queue over a real local database, with the carrier and central in memory. */
export async function openWorkshop(options: WorkshopOptions): Promise<Workshop> {
  const { clock } = options;
  const db = await openTestDb();
  const local = groupWrites(db);
  const carrier = createFakeCarrier();
  const central = createFakeCentral();
  const provider = { ...PROVIDER, ...options.provider };
  const rows =
    typeof options.rows === 'number'
      ? Array.from({ length: options.rows }, (_, index) => draftRow(index + 1))
      : [...options.rows];
  for (const row of rows) seedLine(row, carrier, central);
  const audit = createAuditService({ local, writer: 'desktop:test:olivia', clock });
  const queue = createQueueService({ local, clock, log: silentLog });
  const metrics = createMetricsService({ local, clock });
  const alerts: NewAlert[] = [];
  const changes = createChangesService({
    local,
    queue,
    audit,
    clock,
    ids: systemIds,
    log: silentLog,
    actor: () => SESSION.userName,
    drafts: createFakeDrafts(rows, 'ChangeICCID', carrier),
    devices: { provider: async () => provider },
    identity: { require: () => undefined },
    thingspace: carrier,
    identifiers: central,
    evidence: () => carrier,
    metrics,
    pace: async () => provider,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return {
    local,
    queue,
    audit,
    changes,
    alerts,
    metrics,
    carrier,
    central,
    clock,
    processor: (times) =>
      createProcessor({
        local,
        queue,
        changes,
        identifiers: central,
        thingspace: carrier,
        confirmation: {
          startReceiver: async () => ({ url: 'http://127.0.0.1:1', close: async () => undefined }),
          takeIn: async () => undefined,
        },
        sync: NO_FEED,
        credentials: { load: async () => null },
        metrics,
        alerts: { raise: async (alert) => void alerts.push(alert) },
        listProviders: async () => [provider],
        clock,
        ids: systemIds,
        log: silentLog,
        ...(times === undefined ? {} : { times }),
      }),
    close: () => db.close(),
  };
}

function seedLine(row: DraftRow, carrier: FakeCarrier, central: FakeCentral): void {
  if (row.deviceId === null) return;
  const pair: IdentifierPair = { imei: imei(row.deviceId), ...row.old };
  carrier.lines.set(row.deviceId, pair);
  central.lines.set(row.deviceId, pair);
}
