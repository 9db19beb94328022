import js from '@eslint/js';
import ts from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import twofold from './scripts/lint/borders.js';

/** Packages that only some folders may import; scripts/lint/borders.js says which of our folders may import which. */
const forbid = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const electron = { group: ['electron', 'electron/*'], message: 'Only the app entry points know Electron.' };
const sqlite = { group: ['better-sqlite3'], message: 'Only main/library opens SQLite.' };
const tensorflow = {
  group: ['@tensorflow/*'],
  message: 'TensorFlow is loaded through main/model/tensorflow.ts, in the training process only.',
};
const node = { group: ['node:*', 'fs', 'path'], message: 'shared/ and renderer/ run without Node.' };
export default ts.config(
  { ignores: ['node_modules/', '.cache/', 'dist/', 'release/', 'test/e2e/screens/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.node },
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
    },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], ...ts.configs.disableTypeChecked },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['scripts/**', 'test/bench/**'], rules: { 'no-console': 'off' } },
  { files: ['renderer/**'], languageOptions: { globals: { ...globals.browser } } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['main/**', 'renderer/**', 'shared/**'],
    plugins: { twofold },
    rules: { 'twofold/borders': 'error' },
  },
  forbid(['shared/**', 'renderer/**'], [electron, sqlite, tensorflow, node]),
  forbid(['main/library/**'], [electron, tensorflow]),
  forbid(
    ['main/*/**'],
    [electron, sqlite, tensorflow],
    ['main/app/**', 'main/ipc/**', 'main/library/**', 'main/model/tensorflow.ts'],
  ),
);
