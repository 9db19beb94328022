import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import borders from '../../scripts/lint/borders.js';

function complaints(code: string, file: string): string[] {
  const linter = new Linter({ cwd: '/project' });
  const config = { files: ['**'], plugins: { twofold: borders }, rules: { 'twofold/borders': 'error' } };
  return linter
    .verify(code, config as Linter.Config, { filename: `/project/${file}` })
    .map(({ message }) => message);
}

describe('the borders between folders', () => {
  it.each([
    ["import { a } from '../training/fit.ts';", 'main/model/head.js'],
    ["const a = await import('../jobs/train.ts');", 'main/training/fit.js'],
    ["export { a } from '../../ipc/bind.ts';", 'main/app/shell/start.js'],
    ["export * from '../views/Train.svelte';", 'renderer/components/rail.js'],
    ["import '../main/files/csv.ts';", 'shared/library.js'],
  ])('refuse %s in %s', (code, file) => {
    expect(complaints(code, file)).toEqual([expect.stringContaining('may not import')]);
  });

  it.each([
    ["import { a } from '../model/head.ts';", 'main/training/fit.js'],
    ["import { a } from './fit.ts';", 'main/training/score.js'],
    ["import { a } from 'zod';", 'main/model/head.js'],
  ])('allow %s in %s', (code, file) => {
    expect(complaints(code, file)).toEqual([]);
  });
});
