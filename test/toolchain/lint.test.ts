import { ESLint } from 'eslint';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/build-stamp.mjs';
import { plantTree } from './planted-tree';

const statements = (count: number) => Array.from({ length: count }, (_, index) => `  use(${index});`).join('\n');

/** One offence a line: the rule, the file that offends, its text. */
const offences: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-restricted-syntax', 'main/services/a/env.ts', 'export const home = process.env.HOME;'],
  ['no-restricted-syntax', 'main/cli/env-destructured.ts', 'const { env } = process; export const home = env.HOME;'],
  [
    'no-restricted-syntax',
    'main/cli/env-imported.ts',
    "import { env } from 'node:process'; export const home = env.HOME;",
  ],
  ['no-restricted-syntax', 'simulator/env.ts', 'export const home = process.env.HOME;'],
  ['no-restricted-syntax', 'main/services/a/now.ts', 'export const now = () => Date.now();'],
  ['no-restricted-syntax', 'main/app/config.ts', 'export const now = () => Date.now();'],
  ['no-restricted-syntax', 'shared/domain/today.ts', 'export const today = () => new Date();'],
  ['no-restricted-syntax', 'simulator/chance.ts', 'export const chance = () => Math.random();'],
  ['no-restricted-syntax', 'renderer/features/a/now.ts', 'export const now = Date.now;'],
  ['no-restricted-syntax', 'main/services/a/now.test.ts', 'export const now = Date.now();'],
  [
    'no-restricted-syntax',
    'renderer/features/a/bridge.ts',
    'export const bridge = (window as unknown as { api: object }).api; export const b = window.api;',
  ],
  ['no-restricted-syntax', 'renderer/lib/bridge.ts', 'export const bridge = globalThis.api;'],
  ['no-restricted-syntax', 'main/lib/default.ts', 'const answer = 1; export default answer;'],
  ['no-restricted-syntax', 'main/lib/default-by-name.ts', 'const answer = 1; export { answer as default };'],
  ['no-console', 'main/services/a/print.ts', "export const say = () => console.log('hello');"],
  ['@typescript-eslint/no-explicit-any', 'shared/domain/any.ts', 'export const same = (value: any): unknown => value;'],
  [
    '@typescript-eslint/no-non-null-assertion',
    'shared/domain/sure.ts',
    'export const first = (list: string[]) => list[0]!;',
  ],
  [
    '@typescript-eslint/no-floating-promises',
    'main/services/a/float.ts',
    'const save = async () => 1; export const go = () => { save(); };',
  ],
  [
    '@typescript-eslint/no-misused-promises',
    'main/services/a/misuse.ts',
    'export const go = (list: string[]) => list.filter(async (text) => text);',
  ],
  ['@typescript-eslint/only-throw-error', 'main/services/a/throw.ts', "export const fail = () => { throw 'text'; };"],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    'shared/domain/switch.ts',
    "export function name(kind: 'a' | 'b') { switch (kind) { case 'a': return 1; default: return 2; } }",
  ],
  [
    '@typescript-eslint/consistent-type-imports',
    'shared/domain/imports.ts',
    "import { A } from './a'; export type B = A;",
  ],
  [
    '@typescript-eslint/no-import-type-side-effects',
    'shared/domain/inline.ts',
    "import { type A } from './a'; export type B = A;",
  ],
  ['max-lines', 'main/services/a/long.ts', `export const use = Number;\n${'// more\n'.repeat(400)}`],
  [
    'max-lines-per-function',
    'main/services/a/long-function.ts',
    `const use = Number;\nexport function long() {\n${statements(60)}\n}`,
  ],
  [
    'max-lines-per-function',
    'renderer/ui/long.tsx',
    `const use = Number;\nexport function Long() {\n${statements(150)}\n return <p />; }`,
  ],
  [
    '@eslint-community/eslint-comments/require-description',
    'main/services/a/suppressed.ts',
    '// eslint-disable-next-line no-console\nexport const say = () => console.log(1);',
  ],
  [
    '@eslint-community/eslint-comments/no-unlimited-disable',
    'main/services/a/all-off.ts',
    '/* eslint-disable -- all of it */\nexport const a = 1;',
  ],
  [
    '@typescript-eslint/ban-ts-comment',
    'main/services/a/expected.ts',
    "// @ts-expect-error\nexport const a: number = 'text';",
  ],
  [
    'react-hooks/rules-of-hooks',
    'renderer/features/a/hook.tsx',
    "import { useState } from 'react'; export function A({ on }: { on: boolean }) { if (on) useState(1); return <p />; }",
  ],
];

const innocent: Readonly<Record<string, string>> = {
  'shared/domain/a.ts': 'export interface A { readonly kind: string }',
  'main/app/config-only.ts': 'export const config = { home: 1 };',
  'main/lib/clock.ts': 'export const clock = { now: () => Date.now() };',
  'main/lib/logger.ts': "export const log = () => console.error('line');",
  'main/lib/suppressed.ts':
    "// eslint-disable-next-line no-console -- the logger is not there yet\nexport const say = () => console.log('hello');",
  'renderer/lib/clock.ts': 'export const now = () => new Date();',
  'renderer/api/client.ts': 'declare global { interface Window { api: object } }\nexport const bridge = window.api;',
  'simulator/clock.ts': 'export const now = () => Date.now();',
  'test/integration/demo.test.ts': 'export const before = [Date.now(), process.env.HOME];',
  'vite.config.ts': 'export default {};',
};

describe('the lint rules', () => {
  let tree: ReturnType<typeof plantTree>;
  const found = new Map<string, (string | null)[]>();

  beforeAll(async () => {
    tree = plantTree({ ...innocent, ...Object.fromEntries(offences.map(([, file, text]) => [file, text])) });
    const eslint = new ESLint({ cwd: tree.dir, overrideConfigFile: join(root, 'eslint.config.js') });
    for (const result of await eslint.lintFiles(['.'])) {
      const file = result.filePath.slice(tree.dir.length + 1).replaceAll('\\', '/');
      found.set(
        file,
        result.messages.map((message) => message.ruleId ?? message.message),
      );
    }
  });
  afterAll(() => tree.remove());

  it.each(offences)('%s is broken by %s', (rule, file) => {
    expect(found.get(file)).toContain(rule);
  });

  it.each(Object.keys(innocent))('%s breaks none', (file) => {
    expect(found.get(file)).toEqual([]);
  });
});
