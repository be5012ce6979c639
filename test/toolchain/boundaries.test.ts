import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../../.dependency-cruiser.mjs';
import { checkBoundaries } from '../../scripts/boundaries.mjs';
import { plantTree } from './planted-tree';

/** One offence a line: the rule, the file that offends, what it imports. */
const offences: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['shared-is-pure', 'shared/domain/reads-disk.ts', "import { readFileSync } from 'node:fs'; export { readFileSync };"],
  ['shared-is-pure', 'shared/domain/asks-http.ts', "import axios from 'axios'; export { axios };"],
  [
    'domain-knows-no-contract',
    'shared/domain/upwards.ts',
    "import type { Call } from '../contract'; export type A = Call;",
  ],
  [
    'renderer-sees-shared-only',
    'renderer/lib/a-type-of-main.ts',
    "import type { Queue } from '../../main/services/queue'; export type A = Queue;",
  ],
  ['renderer-is-a-web-page', 'renderer/lib/path.ts', "import { join } from 'node:path'; export { join };"],
  ['renderer-npm', 'renderer/lib/csv.ts', "import Papa from 'papaparse'; export { Papa };"],
  ['renderer-npm', 'renderer/lib/electron.ts', "import type { App } from 'electron'; export type A = App;"],
  [
    'main-sees-no-ui',
    'main/app/asks-screen.ts',
    "import { screen } from '../../renderer/lib/screen'; export { screen };",
  ],
  ['preload-sees-shared-only', 'preload/wide.ts', "import { now } from '../main/lib/clock'; export { now };"],
  ['preload-sees-shared-only', 'preload/heavy.ts', "import { z } from 'zod'; export { z };"],
  ['electron-in-the-shell-only', 'main/app/menu.ts', "import { Menu } from 'electron'; export { Menu };"],
  [
    'electron-in-the-shell-only',
    'main/shells/chromium/electron.ts',
    "import type { App } from 'electron'; export type A = App;",
  ],
  [
    'browser-driver-in-the-shell-only',
    'main/app/browser.ts',
    "import { chromium } from 'playwright-core'; export { chromium };",
  ],
  ['shells-do-not-meet', 'main/shells/chromium/cousin.ts', "import { open } from '../electron/open'; export { open };"],
  ['shells-do-not-meet', 'main/shells/electron/cousin.ts', "import { show } from '../chromium/show'; export { show };"],
  [
    'services-know-no-shell',
    'main/services/queue/upwards.ts',
    "import { build } from '../../app/build'; export { build };",
  ],
  [
    'services-know-no-shell',
    'main/lib/upwards.ts',
    "import type { Build } from '../app/build'; export type A = Build;",
  ],
  [
    'entries-compose-through-app',
    'main/cli/by-itself.ts',
    "import { createQueue } from '../services/queue'; export { createQueue };",
  ],
  [
    'services-meet-by-type-only',
    'main/services/devices/takes-value.ts',
    "import { createQueue } from '../queue'; export { createQueue };",
  ],
  [
    'one-door-per-service',
    'main/services/devices/back-door.ts',
    "import type { Rule } from '../queue/queue.rules'; export type A = Rule;",
  ],
  [
    'one-door-per-service-from-outside',
    'main/app/back-door.ts',
    "import { rule } from '../services/queue/queue.rules'; export { rule };",
  ],
  [
    'handlers-are-thin',
    'main/ipc/opens-database.ts',
    "import { openLocal } from '../localdb/open'; export { openLocal };",
  ],
  ['handlers-drive-nothing', 'main/ipc/drives.ts', "import knex from 'knex'; export { knex };"],
  ['handlers-drive-nothing', 'main/ipc/reads.ts', "import { readFile } from 'node:fs/promises'; export { readFile };"],
  [
    'sql-in-repos-only',
    'main/services/queue/queue.service.ts',
    "import type { Knex } from 'knex'; export type A = Knex;",
  ],
  ['sql-in-repos-only', 'main/lib/sqlite.ts', "import sqlite3 from 'sqlite3'; export { sqlite3 };"],
  [
    'keychain-in-one-file',
    'main/services/credentials/credentials.service.ts',
    "import keytar from 'keytar'; export { keytar };",
  ],
  ['http-in-one-folder', 'main/services/devices/http.ts', "import axios from 'axios'; export { axios };"],
  [
    'workbooks-in-two-places',
    'main/services/reports/unzips.ts',
    "import { unzipSync } from 'fflate'; export { unzipSync };",
  ],
  ['csv-in-its-services', 'main/services/queue/csv.ts', "import Papa from 'papaparse'; export { Papa };"],
  ['pdf-in-reports', 'main/services/audit/pdf.ts', "import PDFDocument from 'pdfkit'; export { PDFDocument };"],
  [
    'terminal-in-the-command-line',
    'main/services/queue/bar.ts',
    "import { Command } from 'commander'; export { Command };",
  ],
  ['logger-in-lib', 'main/services/queue/log.ts', "import pino from 'pino'; export { pino };"],
  [
    'migrations-are-frozen',
    'main/localdb/migrations/0010-first.ts',
    "import { now } from '../../lib/clock'; export { now };",
  ],
  [
    'migrations-know-knex-by-type',
    'main/localdb/migrations/0020-second.ts',
    "import knex from 'knex'; export { knex };",
  ],
  [
    'features-do-not-meet',
    'renderer/features/import/neighbour.ts',
    "import { list } from '../changes/list'; export { list };",
  ],
  [
    'features-know-no-app',
    'renderer/features/import/upwards.ts',
    "import { shell } from '../../app/shell'; export { shell };",
  ],
  [
    'renderer-flows-one-way',
    'renderer/ui/knows-feature.ts',
    "import { list } from '../features/changes/list'; export { list };",
  ],
  ['ui-is-dumb', 'renderer/ui/fetches.ts', "import { ask } from '../api/ask'; export { ask };"],
  [
    'no-production-to-test',
    'main/app/uses-test.ts',
    "import { fake } from '../../test/support/fake'; export { fake };",
  ],
  [
    'simulator-is-a-stranger',
    'simulator/knows-us.ts',
    "import type { Line } from '../shared/domain/line'; export type A = Line;",
  ],
  [
    'nobody-knows-the-simulator',
    'main/app/knows-simulator.ts',
    "import { start } from '../../simulator/start'; export { start };",
  ],
  ['no-circular', 'main/app/egg.ts', "import { hen } from './hen'; export const egg = () => hen;"],
  ['no-orphans', 'main/app/orphan.ts', 'export const alone = 1;'],
  ['not-to-dev-dep', 'main/app/dev-dependency.ts', "import { build } from 'esbuild'; export { build };"],
  ['not-to-unresolvable', 'main/app/nowhere.ts', "import { gone } from './gone'; export { gone };"],
  ['not-to-unlisted', 'main/app/unlisted.ts', "import { satisfies } from 'semver'; export { satisfies };"],
];

const innocent: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    dependencies: {
      axios: '*',
      knex: '*',
      sqlite3: '*',
      keytar: '*',
      papaparse: '*',
      pdfkit: '*',
      commander: '*',
      pino: '*',
      zod: '*',
      'playwright-core': '*',
    },
    devDependencies: { esbuild: '*', electron: '*', vitest: '*' },
  }),
  'shared/domain/line.ts':
    "import { z } from 'zod'; export const line = z.string(); export type Line = z.infer<typeof line>;",
  'shared/contract/index.ts': "import type { Line } from '../domain/line'; export type Call = (line: Line) => void;",
  'main/lib/clock.ts': 'export const now = () => 0;',
  'main/app/build.ts':
    "import { createQueue } from '../services/queue'; export const build = createQueue; export type Build = typeof build;",
  'main/app/hen.ts': "import { egg } from './egg'; export const hen = () => egg;",
  'main/localdb/open.ts':
    "import knex from 'knex'; import type { Line } from '../../shared/domain/line'; export const openLocal = (line: Line) => [knex, line];",
  'main/localdb/migrations/0001-lines.ts':
    "import type { Knex } from 'knex'; export const up = (trx: Knex.Transaction) => trx.raw('select 1');",
  'main/services/queue/index.ts':
    "import { rule } from './queue.rules'; export const createQueue = () => rule; export type Queue = typeof createQueue;",
  'main/services/queue/queue.rules.ts':
    "import type { Line } from '../../../shared/domain/line'; export const rule = (line: Line) => line; export type Rule = typeof rule;",
  'main/services/queue/queue.repo.ts': "import type { Knex } from 'knex'; export const due = (db: Knex) => db('job');",
  'main/services/devices/index.ts':
    "import type { Queue } from '../queue'; export const createDevices = (queue: Queue) => queue;",
  'main/services/credentials/keychain.ts': "import keytar from 'keytar'; export const keychain = keytar;",
  'main/services/thingspace/http.ts': "import axios from 'axios'; export const client = axios;",
  'main/cli/import.ts':
    "import type { Queue } from '../services/queue'; import { build } from '../app/build'; export const run = (queue: Queue) => [build, queue];",
  'main/shells/electron/open.ts': "import { app } from 'electron'; export const open = () => app;",
  'main/shells/chromium/show.ts': "import { chromium } from 'playwright-core'; export const show = () => chromium;",
  'preload/electron.ts':
    "import { contextBridge } from 'electron'; import type { Call } from '../shared/contract'; export const bridge = (call: Call) => [contextBridge, call];",
  'renderer/lib/screen.ts':
    "import type { Line } from '../../shared/domain/line'; export const screen = (line: Line) => line;",
  'renderer/api/ask.ts': "import type { Call } from '../../shared/contract'; export const ask = (call: Call) => call;",
  'renderer/features/changes/list.ts': "import { ask } from '../../api/ask'; export const list = ask;",
  'renderer/app/shell.ts': "import { list } from '../features/changes/list'; export const shell = list;",
  'simulator/start.ts': "import { createServer } from 'node:http'; export const start = createServer;",
  'test/support/fake.ts': 'export const fake = 1;',
};

describe('the import rules', () => {
  let tree: ReturnType<typeof plantTree>;
  let checked: Awaited<ReturnType<typeof checkBoundaries>>;

  beforeAll(async () => {
    const planted = Object.fromEntries(offences.map(([, file, text]) => [file, text]));
    tree = plantTree({ ...innocent, ...planted });
    checked = await checkBoundaries(tree.dir);
  });
  afterAll(() => tree.remove());

  const rulesBrokenBy = (file: string) =>
    checked.result.summary.violations
      .filter((violation) => violation.from === file)
      .map((violation) => violation.rule.name);

  it.each(offences)('%s is broken by %s', (rule, file) => {
    expect(rulesBrokenBy(file)).toContain(rule);
  });

  it('have an offence planted for each of them', () => {
    const planted = new Set(offences.map(([rule]) => rule));
    expect((config.forbidden ?? []).map((rule) => rule.name).filter((name) => !planted.has(name ?? ''))).toEqual([]);
  });

  it('let pass what keeps to them', () => {
    const innocentFiles = Object.keys(innocent).filter((file) => file !== 'main/app/hen.ts');
    const accused = checked.result.summary.violations.filter(
      (violation) => violation.rule.severity === 'error' && innocentFiles.includes(violation.from),
    );
    expect(accused.map((violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`)).toEqual([]);
  });

  it('tell what to do instead', () => {
    expect((config.forbidden ?? []).filter((rule) => (rule.comment ?? '').length < 30)).toEqual([]);
  });

  it('see every source file of the tree', () => {
    expect(checked.unseen).toEqual([]);
    expect(checked.modules).toBeGreaterThan(offences.length);
  });
});
