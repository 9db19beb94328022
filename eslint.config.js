import js from '@eslint/js';
import ts from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';

/** The borders of docs/design: which folders may import what. */
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
const upstream = (...folders) => ({
  group: folders.map((folder) => `**/${folder}/**`),
  message: 'This import would point upstream: library → pictures → model → training → export.',
});

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
  forbid(['shared/**'], [electron, sqlite, tensorflow, node, upstream('main', 'renderer')]),
  forbid(['renderer/**'], [electron, sqlite, tensorflow, node, upstream('main')]),
  forbid(['main/library/**'], [electron, tensorflow, upstream('model', 'training', 'export')]),
  forbid(
    ['main/pictures/**'],
    [electron, sqlite, tensorflow, upstream('library', 'model', 'training', 'export')],
  ),
  forbid(
    ['main/model/**'],
    [electron, sqlite, tensorflow, upstream('library', 'training', 'export')],
    ['main/model/tensorflow.ts'],
  ),
  forbid(
    ['main/insight/**'],
    [electron, sqlite, tensorflow, upstream('library', 'pictures', 'model', 'training', 'export')],
  ),
  forbid(['main/training/**'], [electron, sqlite, tensorflow, upstream('library', 'export')]),
  forbid(['main/export/**'], [electron, sqlite, tensorflow]),
);
