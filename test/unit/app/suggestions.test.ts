import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { OpenProject } from '../../../main/app/services/open-project.ts';
import { Suggestions } from '../../../main/app/services/suggestions.ts';
import { indexModel } from '../../../main/engine/index-library.ts';
import { LIBRARY } from '../../../main/library/folder.ts';
import { setLabels, swapClasses } from '../../../main/library/labels/labels.ts';
import { closeProject, openProject } from '../../../main/library/project.ts';
import { listContents } from '../../../main/library/reading/contents.ts';
import { fillIndex } from '../../bench/index-rows.ts';
import { fillLibrary } from '../../bench/library-rows.ts';
import { temporaryFolder } from '../../kit/library.ts';

const nothing = (): void => undefined;

/** A project that is open, with so many indexed pictures, of which the first 12 are labelled in turns. */
async function opened(project: OpenProject, name: string, pictures: number): Promise<string> {
  const { folder } = await project.create(join(temporaryFolder(), name));
  const open = project.require();
  fillLibrary(open, pictures);
  const contents = listContents(open.db);
  for (const label of [0, 1] as const) {
    const some = contents.slice(0, 12).filter((_, index) => index % 2 === label);
    setLabels(
      open.db,
      some.map(({ id }) => id),
      label,
      'mouse',
    );
  }
  await fillIndex(
    open,
    contents.map(({ sha256 }) => sha256),
    await indexModel(open),
  );
  return folder;
}

function suggestions(): { project: OpenProject; suggestions: Suggestions } {
  const project = new OpenProject(nothing, nothing, nothing);
  onTestFinished(() => project.close());
  return { project, suggestions: new Suggestions(project, nothing) };
}

it('suggests again once what failed is mended', async () => {
  const { project, suggestions: service } = suggestions();
  const library = join(await opened(project, 'a', 30), LIBRARY);
  renameSync(library, `${library}.moved`);
  await expect(service.ask({ kind: 'summary' })).rejects.toMatchObject({ code: 'not-found' });
  renameSync(`${library}.moved`, library);
  expect(await service.ask({ kind: 'summary' })).toMatchObject({ total: 30, indexed: 30 });
  expect(await service.read()).toMatchObject({ total: 30 });
});

it('never answers for a project with what it knows of another', async () => {
  const { project, suggestions: service } = suggestions();
  await opened(project, 'a', 30);
  expect(await service.read()).toMatchObject({ total: 30 });
  // What ends slowly, such as a training, asks until the end.
  let asked: Promise<unknown> = Promise.resolve();
  project.beforeClose(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    asked = service.ask({ kind: 'summary' });
    await asked.catch(nothing);
  });
  await opened(project, 'b', 14);
  await expect(asked).rejects.toMatchObject({ code: 'not-found' });
  expect(await service.ask({ kind: 'summary' })).toMatchObject({ total: 14, indexed: 14 });
});

it('suggests in the order of the classes that another program has just given them', async () => {
  const { project, suggestions: service } = suggestions();
  const folder = await opened(project, 'a', 30);
  const ids = listContents(project.require().db)
    .slice(-5)
    .map(({ id }) => id);
  const before = await service.ask({ kind: 'of', ids });
  const other = openProject(folder);
  swapClasses(other.db, 'cli');
  closeProject(other);
  const after = await service.ask({ kind: 'of', ids });
  after.forEach((probability, index) => {
    expect(probability).toBeCloseTo(1 - before[index]!, 3);
  });
});
