// What the compiler and the import rules (.dependency-cruiser.mjs) can't say. Every message says what to do instead.
import js from '@eslint/js';
import comments from '@eslint-community/eslint-plugin-eslint-comments';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const environment = [
  "MemberExpression[object.name='process'][property.name='env']",
  "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
  'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
].map((selector) => ({
  selector,
  message: 'Only main/app/config.ts reads the environment. Take the setting as an argument.',
}));

const clock = [
  "MemberExpression[object.name='Date'][property.name='now']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name='Date']",
  "MemberExpression[object.name='Math'][property.name='random']",
].map((selector) => ({
  selector,
  message:
    'Time, ids and chance come through the door: take a clock or an id maker (main/lib, renderer/lib) as an argument.',
}));

const bridge = [
  {
    selector: "MemberExpression[object.name=/^(window|globalThis|self)$/][property.name='api']",
    message: 'Only renderer/api talks to the bridge. Import the typed client from there.',
  },
];

const defaultExport = [
  'ExportDefaultDeclaration',
  "ExportNamedDeclaration > ExportSpecifier[exported.name='default']",
].map((selector) => ({ selector, message: 'Export by name, so that a thing has one name everywhere.' }));

/** A later block replaces the rule of an earlier one, so each block names all that it forbids. */
const forbid = (...groups) => ({ 'no-restricted-syntax': ['error', ...groups.flat()] });

const tests = ['**/*.test.{ts,tsx}', 'test/**', 'bench/**'];
const configFiles = ['*.{js,mjs,ts}', '.*.{js,mjs}'];

export default defineConfig(
  globalIgnores(['dist/', 'dist.*/', 'release/', 'coverage/', 'test-results/', 'playwright-report/', '.cache/']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
    plugins: { '@eslint-community/eslint-comments': comments },
    rules: {
      '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
      '@eslint-community/eslint-comments/no-unlimited-disable': 'error',
    },
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx,mjs}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // The compiler knows every name.
      'no-undef': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        {
          'ts-expect-error': 'allow-with-description',
          'ts-ignore': true,
          'ts-nocheck': true,
          minimumDescriptionLength: 10,
        },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      // `import { type A }` keeps the import at run time, and the import rules take it for a value.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // Services are closures over what they were given: none of their functions reads `this`.
      '@typescript-eslint/unbound-method': 'off',
      // An interface may promise a promise where this implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {
          allowDefaultCaseForExhaustiveSwitch: true,
          considerDefaultExhaustiveForUnions: false,
          requireDefaultForNonUnion: true,
        },
      ],
      ...forbid(environment, clock, defaultExport),
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: forbid(environment, clock, bridge, defaultExport),
  },
  // A component is one function; its markup makes it long without making it hard.
  {
    files: ['**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },

  // The doors.
  { files: ['main/app/config.ts'], rules: forbid(clock, defaultExport) },
  { files: ['main/lib/**', 'simulator/clock.ts'], rules: forbid(environment, defaultExport) },
  { files: ['renderer/lib/**'], rules: forbid(environment, bridge, defaultExport) },
  { files: ['renderer/api/**'], rules: forbid(environment, clock, defaultExport) },
  { files: ['main/lib/logger.ts', 'main/cli/output.ts', 'simulator/main.ts'], rules: { 'no-console': 'off' } },
  // A list of migrations grows, and a migration is one list of statements.
  { files: ['**/migrations/**'], rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' } },

  {
    files: [...tests, 'scripts/**'],
    rules: {
      'max-lines': ['error', { max: 600 }],
      'max-lines-per-function': 'off',
      // What a file holds, a command prints or a server answers is unknown until the script has looked at it.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // Tests beside the code keep to the fake clock, but may set the environment of what they start.
  { files: ['{shared,main,preload,simulator}/**/*.test.ts'], rules: forbid(clock, defaultExport) },
  { files: ['renderer/**/*.test.{ts,tsx}'], rules: forbid(clock, bridge, defaultExport) },
  {
    files: ['scripts/**', 'test/**', 'bench/**'],
    rules: { 'no-console': 'off', ...forbid(defaultExport) },
  },
  {
    files: configFiles,
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly' } },
    rules: { 'no-restricted-syntax': 'off' },
  },
  // Test runners load a reporter by its default export.
  { files: ['scripts/reporters/{vitest,playwright}.mjs'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.d.ts'], rules: forbid(environment, clock) },
);
