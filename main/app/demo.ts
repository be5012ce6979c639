import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AS_FOUND } from '../../shared/contract/imports';
import { workFailed } from '../../shared/domain/fault';
import { writeFileAtomically } from '../lib/atomic-file';
import type { Provider } from '../services/devices';
import type { ImportSummary } from '../services/imports';
import type { CarrierLine } from '../services/thingspace';
import type { Workspace } from './workspace';
import { demoCsv } from './demo-file';
import type { Home } from './home';
import { TRAINING_PROVIDERS } from './training';

const stateSchema = z.object({
  draftId: z.number().int(),
  summary: z.object({
    read: z.number().int(),
    valid: z.number().int(),
    warning: z.number().int(),
    error: z.number().int(),
  }),
  /** Null: imported, not submitted yet. */
  changeUid: z.string().nullable(),
  rows: z.number().int(),
});
type StoredState = z.infer<typeof stateSchema>;
/** A demo whose change is submitted. */
export type DemoState = StoredState & { readonly changeUid: string };

const stateFile = (dir: string): string => join(dir, 'demo.json');

/** A demo that did not end goes on; else a new one: import, and submit what may go. */
export async function beginDemo(
  home: Home,
  workspace: Workspace,
  rows: number | null,
  notice: (line: string) => void,
): Promise<DemoState> {
  const unfinished = await readState(home, workspace);
  if (unfinished?.changeUid != null) {
    notice('Going on with the demo that did not end.');
    return { ...unfinished, changeUid: unfinished.changeUid };
  }
  await workspace.bringUpToDate();
  const imported = unfinished ?? (await importList(home, workspace, rows, notice));
  await saveState(home, imported);
  const submitted = await workspace.changes.submit(workspace.session, {
    draft: String(imported.draftId),
    onlyValid: true,
    acceptWarnings: true,
  });
  const state = { ...imported, changeUid: submitted.uid, rows: submitted.rows };
  await saveState(home, state);
  return state;
}

export function endDemo(workspace: Pick<Workspace, 'homeDir'>): void {
  rmSync(stateFile(workspace.homeDir), { force: true });
}

const saveState = (home: Home, state: StoredState): Promise<void> =>
  writeFileAtomically(stateFile(home.dir), JSON.stringify(state));

/** Killed between the submit and the note of it, the draft is gone and its change is the newest one. */
async function readState(home: Home, workspace: Workspace): Promise<StoredState | null> {
  if (!existsSync(stateFile(home.dir))) return null;
  const state = stateSchema.parse(JSON.parse(readFileSync(stateFile(home.dir), 'utf8')));
  if (state.changeUid !== null) return state;
  const { changes } = await workspace.changes.list({ limit: 1, offset: 0 });
  const newest = changes[0];
  const drafts = await workspace.drafts.list();
  const draft = drafts.find((one) => one.id === state.draftId);
  if (draft !== undefined && draft.rows === state.summary.read) return state;
  return newest === undefined ? null : { ...state, changeUid: newest.uid, rows: newest.rows };
}

async function importList(
  home: Home,
  workspace: Workspace,
  rows: number | null,
  notice: (line: string) => void,
): Promise<StoredState> {
  const provider = await workspace.devices.provider(workspace.session, TRAINING_PROVIDERS[0]?.name ?? '');
  if (rows === null) {
    const sample = home.program.sample('damaged');
    notice(`Importing the sample ${basename(sample)}`);
    const summary = await importFile(workspace, provider, sample);
    if (summary.valid > 0) return stateOf(summary);
    // An earlier demo has changed these lines already: a list of the same kind is made of the fleet as it is now.
    await workspace.drafts.delete(summary.draftId);
  }
  const file = await makeList(home, workspace, provider, rows ?? 60);
  notice(`Importing ${basename(file)}, made of the training fleet`);
  return stateOf(await importFile(workspace, provider, file));
}

function stateOf({ draftId, rows, valid, warning, error }: ImportSummary): StoredState {
  return { draftId, summary: { read: rows, valid, warning, error }, changeUid: null, rows };
}

function importFile(workspace: Workspace, provider: Provider, file: string): Promise<ImportSummary> {
  return workspace.imports.importFile({
    file,
    sourceName: basename(file),
    providerUid: provider.uid,
    changeType: null,
    look: AS_FOUND,
    map: [],
    continueDraftId: null,
    createdBy: workspace.session.userName,
  });
}

async function makeList(home: Home, workspace: Workspace, provider: Provider, rows: number): Promise<string> {
  await workspace.carrierReady();
  const lines: CarrierLine[] = [];
  for await (const page of workspace.thingspace.listLines(provider)) {
    lines.push(...page.filter((line) => line.status === 'active' && line.mdn !== null));
    if (lines.length >= rows) break;
  }
  if (lines.length < rows) {
    throw workFailed({
      code: 'fleet-too-small',
      what: `The training fleet has ${lines.length} active lines at ${provider.name}, fewer than ${rows}`,
      todo: `Take --rows ${lines.length} or fewer, or another --home: a new one is made as large as it must be.`,
    });
  }
  const dir = join(home.dir, 'lists');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const startedAt = home.clock.now();
  const file = join(dir, `swaps-${startedAt}.csv`);
  writeFileSync(file, demoCsv(lines.slice(0, rows), startedAt), { mode: 0o600 });
  return file;
}
