import type { AppInfo, AppStatus } from '../../shared/contract/app';
import type { BulkChange, DeviceChangeRow } from '../../shared/contract/changes';
import type { Draft } from '../../shared/contract/drafts';
import type { SessionInfo } from '../../shared/contract/session';
import { PERMISSIONS_OF, type Role } from '../../shared/domain/permission';
import { usageError } from '../../shared/domain/fault';
import { createContractDouble, type ContractDouble } from './contract-double';
import { playDrafts } from './contract-double-drafts';
import { playImports } from './contract-double-imports';
import { playWork } from './contract-double-work';
import {
  newIccid,
  mdnOf,
  customerOf,
  draftRowOf,
  draftOf,
  changeOf,
  changeRowOf,
  statusAt,
  lineOf,
  entryOf,
} from './contract-double-data';

/** A desk as a training session leaves it, behind the double: every screen has something to show. */
export interface PlayedDesk {
  readonly double: ContractDouble;
  /** Take these away or change them to see another state; screens are told by the usual events. */
  readonly drafts: Draft[];
  readonly changes: BulkChange[];
}

export interface DeskOptions {
  readonly role?: Role;
  /** Null: the sign-in screen comes first. */
  readonly signedIn?: boolean;
  readonly training?: boolean;
  readonly notices?: readonly string[];
  readonly status?: Partial<AppStatus>;
  /** Nothing was imported or sent yet. */
  readonly isNew?: boolean;
  /** Rows of the long draft and the long change. */
  readonly rows?: number;
  /** Which moment the relative times of the screens are told from. */
  readonly nowMs?: number;
}

const PASSWORD = 'training';
const PROVIDERS: SessionInfo['providers'] = [
  { uid: 'provider-1', name: 'Northwind Fleet', account: '0000123456-00001', hasCredentials: true },
  { uid: 'provider-2', name: 'Lakeside Utilities', account: '0000123456-00002', hasCredentials: true },
  { uid: 'provider-3', name: 'Summit Mobility', account: '0000987654-00001', hasCredentials: false },
];
const TRAINING_USERS = (
  [
    ['olivia', 'operator', 'prepares, sends and watches changes'],
    ['paul', 'preparer', 'imports and repairs lists, sends nothing'],
    ['anna', 'approver', 'approves large changes of others'],
    ['victor', 'viewer', 'looks, changes nothing'],
    ['alma', 'auditor', 'reads and exports the audit trail'],
    ['admin', 'administrator', 'manages users, providers and credentials'],
  ] as const
).map(([name, role, about]) => ({ name, role, about, password: PASSWORD }));

function sessionOf(role: Role): SessionInfo {
  const userName = TRAINING_USERS.find((user) => user.role === role)?.name ?? role;
  return { userName, role, permissions: [...PERMISSIONS_OF[role]], providers: PROVIDERS };
}

/** Plays main: a whole desk with drafts, changes, lines and a trail, that remembers what is done with it. */
export function playDesk(options: DeskOptions = {}): PlayedDesk {
  const { role = 'operator', signedIn = true, training = true, isNew = false, rows = 412 } = options;
  const nowMs = options.nowMs ?? 1_764_000_000_000;
  const agoOf = (minutes: number): string => new Date(nowMs - minutes * 60_000).toISOString();
  const double = createContractDouble();
  const drafts = isNew ? [] : desksDrafts(rows, agoOf);
  const changes = isNew ? [] : desksChanges(rows, agoOf);
  const status: AppStatus = {
    central: 'online',
    centralAddress: 'on this computer',
    mirrorAt: agoOf(2),
    processor: role === 'operator' || role === 'administrator' ? 'running' : 'stopped',
    processorNote: null,
    ...options.status,
  };
  const info: AppInfo = {
    version: '0.1.0',
    shell: 'chromium',
    training,
    notices: [...(options.notices ?? [])],
    node: 'v24.21.0',
  };
  let session: SessionInfo | null = signedIn ? sessionOf(role) : null;

  double.handle('app.info', () => info);
  double.handle('app.status', () => status);
  double.handle('app.showSavedFile', () => null);
  double.handle('session.current', () => session);
  double.handle('session.trainingUsers', () => (training ? TRAINING_USERS : []));
  double.handle('session.signOut', () => {
    session = null;
    return null;
  });
  double.handle('session.signIn', ({ user, password }) => {
    const known = TRAINING_USERS.find(({ name }) => name === user);
    if (known === undefined || password !== PASSWORD) throw wrongCredentials();
    session = sessionOf(known.role);
    return session;
  });
  playDraftsAndImports(double, drafts, agoOf);
  playChanges(double, changes, drafts, agoOf, isNew);
  playRest(double, agoOf, isNew);
  return { double, drafts, changes };
}

type AgoOf = (minutes: number) => string;

const wrongCredentials = (): Error =>
  usageError({
    code: 'credentials-wrong',
    what: 'The user name or the password is wrong',
    todo: 'Type both again. After five wrong attempts the name is locked for a quarter of an hour.',
  });

function desksDrafts(rows: number, agoOf: AgoOf): Draft[] {
  return [
    draftOf(12, 'router exchange week 48', rows, agoOf(3)),
    draftOf(11, 'depot swap Hamburg-Altona, second delivery of the replacement cards, corrected', 41, agoOf(130), true),
    draftOf(9, 'returns', 17, agoOf(3 * 1440)),
  ];
}

function desksChanges(rows: number, agoOf: AgoOf): BulkChange[] {
  const part = (share: number): number => Math.round(rows * share);
  const moving = { processed: part(0.64), submitted: part(0.06), sending: 3, queued: part(0.2), error: 9, unknown: 4 };
  return [
    changeOf(4711, moving, agoOf(12)),
    changeOf(4710, { processed: 38, error: 2, dead_letter: 1, conflict: 1 }, agoOf(320), { createdBy: 'admin' }),
    changeOf(4709, { processed: 1204 }, agoOf(1500), { changeType: 'ChangeIMEIandICCID' }),
    changeOf(4708, { created: 25 }, agoOf(2900), { startedAt: null, providerName: 'Lakeside Utilities' }),
    changeOf(4707, { cancelled: 12 }, agoOf(9000)),
  ];
}

function playDraftsAndImports(double: ContractDouble, drafts: Draft[], agoOf: AgoOf): void {
  let lastId = 12;
  playDrafts(double, {
    drafts,
    agoOf,
    rowOf: (draft, row) => draftRowOf(row, draft.error + draft.warning === 0 ? [] : undefined),
    newDraft: (name, rows) => draftOf((lastId += 1), name, rows, agoOf(0), true),
  });
  double.handle('drafts.plan', ({ draftId, acceptWarnings, carrierPlan }) => {
    const draft = drafts.find(({ id }) => id === draftId);
    if (draft === undefined) throw usageError({ code: 'draft-unknown', what: `There is no draft ${draftId}` });
    const planned = draft.valid + (acceptWarnings ? draft.warning : 0);
    return {
      draftId,
      rows: planned,
      deletes: 0,
      skipped: draft.rows - planned,
      leftOut: [],
      nothingToDo: 0,
      reversibility: { reversible: planned, conditional: 0, not: 0 },
      quotas: {
        planChanges: carrierPlan === null ? 0 : planned,
        planChangesAMonth: 4,
        actionsADay: 5,
        linesAtLimit: 0,
      },
      requests: Array.from({ length: Math.min(planned, 3) }, (_, index) => ({
        row: index + 1,
        purpose: 'swap' as const,
        after: [],
        reversibility: { kind: 'reversible' as const, why: 'The old hardware must still be inactive' },
        method: 'PUT' as const,
        path: '/api/m2m/v1/devices/actions/change',
        body: {
          ...(carrierPlan === null ? {} : { servicePlan: carrierPlan }),
          change4gOption: draft.changeType,
          deviceIds: [{ id: newIccid(index + 1), kind: 'ICCID' }],
          deviceIdsTo: [{ id: mdnOf(index + 1), kind: 'MDN' }],
        },
      })),
      planHash: (carrierPlan !== null ? 'ba5eba11' : acceptWarnings ? 'c0ffee42' : 'decade17').repeat(8),
      expectedSeconds: { least: 21, most: 340 },
    };
  });
  playImports(double, {
    drafts,
    agoOf,
    newDraft: (name, rows, clean) => draftOf((lastId += 1), name, rows, agoOf(0), clean),
  });
}

function playChanges(
  double: ContractDouble,
  changes: BulkChange[],
  drafts: Draft[],
  agoOf: AgoOf,
  isNew: boolean,
): void {
  const find = (changeId: number): BulkChange => {
    const change = changes.find(({ id }) => id === changeId);
    if (change === undefined) throw usageError({ code: 'change-unknown', what: `There is no change ${changeId}` });
    return change;
  };
  double.handle('changes.list', ({ limit, offset }) => ({
    total: changes.length,
    changes: changes.slice(offset, offset + limit),
  }));
  double.handle('changes.get', ({ changeId }) => find(changeId));
  double.handle('changes.rows', ({ changeId, only, limit, offset }) => {
    const change = find(changeId);
    const total = only === null ? change.rows : (change.counts.byStatus[only] ?? 0);
    const size = Math.max(0, Math.min(limit, total - offset));
    const rowAt = (index: number): DeviceChangeRow => changeRowOf(index + 1, statusAt(change, index, only), agoOf(1));
    return { total, rows: Array.from({ length: size }, (_, index) => rowAt(offset + index)) };
  });
  double.handle('changes.submit', ({ draftId, acceptWarnings, planHash }) => {
    const draft = drafts.find(({ id }) => id === draftId);
    if (draft === undefined) throw usageError({ code: 'draft-unknown', what: `There is no draft ${draftId}` });
    const rows = draft.valid + (acceptWarnings ? draft.warning : 0);
    const change = changeOf(4712, { created: rows }, agoOf(0), { name: draft.name, startedAt: null });
    changes.unshift(change);
    return { bulkChangeId: change.id, uid: change.uid, rows, planHash };
  });
  playWork(double, {
    ...{ changes, find, agoOf, isNew },
    rowOf: (change, row) => changeRowOf(row, statusAt(change, row - 1, null), agoOf(1)),
  });
  double.handle('reports.save', ({ changeId, format }) => ({
    savedId: 'saved-1',
    place: `Downloads/swapdesk-change-${changeId}.${format}`,
    rows: find(changeId).rows,
    sha256: '7e'.repeat(32),
  }));
}

function playRest(double: ContractDouble, agoOf: AgoOf, isNew: boolean): void {
  double.handle('queue.stats', () =>
    isNew
      ? {
          ...{ waiting: 0, working: 0, delayed: 0, dead: 0, oldestWaitingAt: null },
          ...{ byProvider: [], worker: null, nobodyWorks: false, holds: [] },
        }
      : {
          waiting: 82,
          working: 28,
          delayed: 4,
          dead: 1,
          oldestWaitingAt: agoOf(11),
          byProvider: [
            { provider: 'Northwind Fleet', waiting: 57, working: 28, dead: 1, paused: false },
            { provider: 'Lakeside Utilities', waiting: 25, working: 0, dead: 0, paused: true },
          ],
          worker: { holder: 'the Swapdesk window', since: agoOf(95), lastBeatAt: agoOf(0) },
          nobodyWorks: false,
          holds: [],
        },
  );
  double.handle('lines.find', ({ text, providerUid, status, customer, limit }) => {
    const provider = PROVIDERS.find(({ uid }) => uid === providerUid)?.name ?? null;
    return Array.from({ length: isNew ? 0 : 5000 }, (_, index) => lineOf(index + 1, agoOf(25)))
      .filter((line) => text === '' || JSON.stringify(line).includes(text))
      .filter((line) => provider === null || line.provider === provider)
      .filter(
        (line) => (status === null || line.status === status) && (customer === null || line.customer === customer),
      )
      .slice(0, limit);
  });
  double.handle('lines.names', () => ({
    customers: [1, 2, 3].map(customerOf),
    ratePlans: ['HL-5MB'],
    ratePools: ['HL-Pool'],
  }));
  double.handle('lines.sync', () => {
    double.announce('lines.mirrorChanged', { mirrorAt: agoOf(0) });
    return { pulled: 3, pushed: 1, mirrorAt: agoOf(0) };
  });
  double.handle('audit.search', ({ text, change, stream, limit, offset }) => {
    const all = Array.from({ length: isNew ? 0 : 640 }, (_, index) =>
      entryOf(640 - index, change, agoOf(index)),
    ).filter(
      (entry) => (stream === null || entry.stream === stream) && (text === '' || JSON.stringify(entry).includes(text)),
    );
    return { total: all.length, entries: all.slice(offset, offset + limit) };
  });
  double.handle('audit.verify', () => ({ ok: true as const, entries: 640, chains: 2 }));
}
