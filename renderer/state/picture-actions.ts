import { MAX_ROWS } from '../../shared/contract/pictures.ts';
import { plural } from '../../shared/format.ts';
import type { TriedPicture } from '../../shared/contract/predict.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import type { PictureCommands } from '../lib/picture-commands.ts';
import type { AppState } from './app.svelte.ts';

/** What can be done with pictures of the project besides labelling them, from menus and by keys. */

/** For pictures of the project, wherever they are listed. */
function projectCommands(app: AppState, ids: readonly number[]): PictureCommands {
  const [first] = ids;
  const one = ids.length === 1 ? first : undefined;
  return {
    count: ids.length,
    showInFolder: one === undefined ? null : () => showInFolder(app, one),
    copyPaths: () => copyPaths(app, ids),
    findSimilar: one === undefined ? null : () => findSimilar(app, one),
    useInTry: app.runs.usable.length === 0 ? null : () => useInTry(app, ids),
    removeFromProject: () => app.library.remove(ids),
  };
}

/** For what is selected in the Library, or for its large picture. */
export function libraryCommands(app: AppState): PictureCommands {
  const { library } = app;
  const ids = library.targets;
  return {
    ...projectCommands(app, ids),
    ...(!library.cursor.focused && { open: ids.length === 1 ? () => library.openFocus() : null }),
    label: (label, source) => library.choose(label, source),
    moveToTest: () => library.setTest(true),
    removeFromTest: () => library.setTest(false),
  };
}

/** For a picture that is listed in Review. */
export function reviewCommands(app: AppState, id: number): PictureCommands {
  const { review } = app;
  return {
    ...projectCommands(app, [id]),
    open: () => (review.enlarged = true),
    heatMap: () => app.heatMaps.toggle(),
    label: (label) => review.relabel(id, label),
  };
}

/**
 * For a picture that was tried.
 *
 * @param id of the same picture in the project; null where it is not in the project
 */
export function tryCommands(app: AppState, picture: TriedPicture, id: number | null): PictureCommands {
  const { client, library, notices, tries } = app;
  const { token, path, error } = picture;
  return {
    count: 1,
    open: error === null ? () => (tries.enlarged = true) : null,
    heatMap: error === null ? () => app.heatMaps.toggle() : null,
    showInFolder: () => notices.attempt(() => client.call('predict.reveal', { token })),
    copyPaths: async () => {
      if (await notices.attempt(() => client.call('predict.copyPath', { token })))
        notices.say('1 path copied.');
    },
    removeFromList: () => tries.remove(token),
    ...(id === null
      ? { label: null, findSimilar: null, importPictures: () => importHere(app, path) }
      : {
          label: (label, source) => {
            const stroke = library.label([id], label, source);
            notices.say(`${labelledWords(label, app.opened.classNames)}: ${picture.name}`, [
              { label: 'Undo', act: () => library.labels.undoStroke(stroke) },
            ]);
          },
          findSimilar: () => findSimilar(app, id),
        }),
  };
}

function labelledWords(label: LabelValue, classNames: readonly [string, string]): string {
  if (label === null) return 'Label cleared';
  return label === 'skipped' ? 'Skipped' : `Labelled ${classNames[label]}`;
}

/** Id of a tried picture in the project; null where it is not in the project. */
export async function projectIdOf(
  { client, notices }: AppState,
  { token }: TriedPicture,
): Promise<number | null> {
  return (await notices.read(() => client.call('predict.inProject', { token })))?.id ?? null;
}

/** Imports a picture into the project, and shows it there. */
export async function importHere(app: AppState, path: string): Promise<void> {
  app.place = 'library';
  await app.imports.start([path]);
}

/** Sorts the Library by similarity to a picture, and shows it. */
async function findSimilar(app: AppState, id: number): Promise<void> {
  app.place = 'library';
  await app.suggestionActions.moreLike(id);
}

/** Shows the file in the system's file manager. */
export async function showInFolder({ client, notices }: AppState, id: number): Promise<void> {
  await notices.attempt(() => client.call('pictures.reveal', { id }));
}

/** Copies the paths of files, one a line. */
export async function copyPaths({ client, notices }: AppState, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const done = await notices.attempt(() => client.call('pictures.copyPaths', { ids: [...ids] }));
  if (done) notices.say(`${plural(done.copied, 'path')} copied.`);
}

/** Shows Try and predicts these pictures there. */
export async function useInTry(app: AppState, ids: readonly number[]): Promise<void> {
  if (ids.length === 0 || app.runs.usable.length === 0) return;
  const paths: string[] = [];
  const read = await app.notices.attempt(async () => {
    for (let start = 0; start < ids.length; start += MAX_ROWS) {
      const rows = await app.client.call('pictures.rows', { ids: ids.slice(start, start + MAX_ROWS) });
      paths.push(...rows.map(({ path }) => path));
    }
    return paths;
  });
  if (!read) return;
  app.place = 'try';
  await app.tries.start(read);
}
