import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { importFolder } from '../../main/library/import/import.ts';
import { listImports } from '../../main/library/import/imports.ts';
import { getCounts, getPictures } from '../../main/library/pictures/pictures.ts';
import { closeProject, openProject, type Project } from '../../main/library/project.ts';
import { value } from '../../main/library/database/sql.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { decode, newProject, putMany, temporaryFolder } from '../kit/library.ts';
import { labelsAfter, PICTURES } from '../kit/library-steps.ts';

/**
 * Starts a process that writes, kills it without warning some time after its first word, and returns the last number it
 * had said (-1: none). Everything said before was durable.
 */
async function writeAndKill(
  kind: 'labels' | 'import',
  afterMs: number,
  ...folders: string[]
): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.resolve('test/kit/library-child.ts'), kind, ...folders],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  await new Promise((resolve) => child.on('close', resolve));
  const whole = said.slice(0, said.lastIndexOf('\n') + 1).trimEnd();
  return whole === '' ? -1 : Number(whole.split('\n').at(-1));
}

function reopened(folder: string): Project {
  const project = openProject(folder);
  onTestFinished(() => closeProject(project));
  expect(value(project.db, 'SELECT quick_check FROM pragma_quick_check')).toBe('ok');
  expect(value(project.db, 'SELECT count(*) FROM pragma_foreign_key_check')).toBe(0);
  return project;
}

describe('killed without warning', () => {
  test.each([3, 41, 160, 420])(
    'labelling for %i ms: every label that was acknowledged is there',
    async (afterMs) => {
      const project = newProject();
      fillLibrary(project, PICTURES);
      closeProject(project);
      const last = await writeAndKill('labels', afterMs, project.folder);
      expect(last).toBeGreaterThanOrEqual(0);
      const { db } = reopened(project.folder);
      const labels: LabelValue[] = getPictures(db, listPictureIds(db)).map(({ label }) => label);
      // The step after the last acknowledged one may have been written, wholly, or not at all.
      expect([labelsAfter(last + 1), labelsAfter(last + 2)]).toContainEqual(labels);
    },
  );

  test.each([1, 120])(
    'importing for %i ms: whole pictures, and the import can be repeated',
    async (afterMs) => {
      const project = newProject();
      closeProject(project);
      const count = 3000;
      const folder = putMany(temporaryFolder(), count, ['dogs', 'cats']);
      const acknowledged = await writeAndKill('import', afterMs, project.folder, folder);
      const opened = reopened(project.folder);
      const pictures = getPictures(opened.db, listPictureIds(opened.db));
      expect(pictures.length).toBeGreaterThanOrEqual(acknowledged);
      for (const { path: file, label } of pictures) expect(label).toBe(file.includes('cats') ? 0 : 1);
      expect(listImports(opened.db)[0]).toMatchObject({ status: 'crashed', added: pictures.length });
      expect(pictures.length).toBeLessThan(count);
      const report = await importFolder(opened, folder, { inspect: decode });
      expect(report).toMatchObject({
        added: count - pictures.length,
        alreadyThere: pictures.length,
        duplicates: 0,
      });
      expect(getCounts(opened.db)).toMatchObject({ total: count, classes: [count / 2, count / 2] });
    },
  );
});
