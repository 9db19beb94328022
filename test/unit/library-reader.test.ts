import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { getCounts } from '../../main/library/pictures/pictures.ts';
import { closeProject } from '../../main/library/project.ts';
import { LibraryReader } from '../../main/library/reading/reader.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject } from '../kit/library.ts';

/** With its thread once it had the time to start, or still without. */
async function reading(count: number, isUp: boolean) {
  const project = newProject();
  fillLibrary(project, count);
  const reader = new LibraryReader(project, isUp ? 0 : 1e6);
  onTestFinished(() => reader.close());
  if (isUp) await expect.poll(() => reader.isUp).toBe(true);
  return { project, reader };
}

describe.each([true, false])('with its thread: %s', (isUp) => {
  test('sees what was written before it was asked, as the project itself does', async () => {
    const { project, reader } = await reading(300, isUp);
    for (const label of [0, 1, null] as const) {
      setLabels(project.db, [7, 8], label, 'mouse');
      const query = { filter: { kind: 'labelled' as const } };
      const [ids, counts] = await Promise.all([
        reader.read({ kind: 'ids', query }),
        reader.read({ kind: 'counts' }),
      ]);
      expect(ids).toEqual(listPictureIds(project.db, query));
      expect(counts).toEqual(getCounts(project.db));
      expect(ids.length).toBe(label === null ? 0 : 2);
    }
  });

  test('reports errors as the project itself does', async () => {
    const { reader } = await reading(3, isUp);
    await expect(
      reader.read({ kind: 'ids', query: { filter: { kind: 'wrong', run: 'r7', threshold: 0.5 } } }),
    ).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('There is no run r7') as string,
    });
  });
});

test('releases the library when it is closed, and rejects pending reads', async () => {
  const { project, reader } = await reading(20_000, true);
  const asked = Promise.allSettled(
    Array.from({ length: 30 }, () => reader.read({ kind: 'ids', query: { search: 'img' } })),
  );
  await reader.close();
  const answers = await asked;
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'not-found' });
  }
  expect(answers.some(({ status }) => status === 'rejected')).toBe(true);
  closeProject(project);
  // With another connection still open SQLite would leave its log behind.
  expect(existsSync(path.join(project.folder, 'library.db-wal'))).toBe(false);
});
