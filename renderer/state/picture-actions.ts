import { MAX_ROWS } from '../../shared/contract/pictures.ts';
import { plural } from '../../shared/format.ts';
import type { TriedPicture } from '../../shared/contract/predict.ts';
import type { Suspect } from '../../shared/contract/suspects.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import type { Picture } from '../../shared/library/pictures.ts';
import type { PictureCommands } from '../lib/picture-commands.ts';
import type { AppState } from './app.svelte.ts';
import type { Reviewed } from './review.svelte.ts';

/** What can be done with pictures of the project besides labelling them, from menus and by keys. */

/** For pictures of the project, wherever they are listed. */
function projectCommands(app: AppState, ids: readonly number[]): PictureCommands {
  const { library } = app;
  const [first] = ids;
  const one = ids.length === 1 ? first : undefined;
  return {
    count: ids.length,
    showInFolder: one === undefined ? null : () => showInFolder(app, one),
    copyPaths: () => copyPaths(app, ids),
    findSimilar: one === undefined ? null : () => findSimilar(app, one),
    moveToTest: () => library.setTest(true, ids),
    removeFromTest: () => library.setTest(false, ids),
    useInTry: app.runs.usable.length === 0 ? null : () => useInTry(app, ids),
    removeFromProject: () => library.remove(ids),
  };
}

/** For a picture whose set is known: into the test set where it is in another, and the other way round. */
function listedCommands(app: AppState, { id, split }: Picture): PictureCommands {
  const commands = projectCommands(app, [id]);
  return split === 'test' ? { ...commands, moveToTest: null } : { ...commands, removeFromTest: null };
}

/** For what is selected in the Library, or for its large picture. */
export function libraryCommands(app: AppState): PictureCommands {
  const { library } = app;
  const { cursor } = library;
  const ids = library.targets;
  return {
    ...projectCommands(app, ids),
    // By key where nothing is selected: what is similar to the picture that the arrow keys are at.
    ...(ids.length === 0 && { findSimilar: () => cursor.id !== undefined && findSimilar(app, cursor.id) }),
    ...(!cursor.focused && { open: ids.length === 1 ? () => library.openFocus() : null }),
    label: (label, source) => library.choose(label, source),
  };
}

/** For a picture that is listed in Review. */
export function reviewCommands(app: AppState, { id, picture }: Reviewed): PictureCommands {
  const { review } = app;
  return {
    ...listedCommands(app, picture),
    open: () => (review.enlarged = true),
    heatMap: () => app.heatMaps.toggle(),
    label: (label) => review.relabel(id, label),
  };
}

/** For the picture whose label is checked; labelling it is a decision, and skipping puts it off. */
export function checkCommands(app: AppState, one: Suspect, picture: Picture): PictureCommands {
  const { labelCheck } = app;
  return {
    ...listedCommands(app, picture),
    clears: false,
    open: () => (labelCheck.enlarged = true),
    label: (label) => {
      if (label === 'skipped') labelCheck.skip();
      else if (label !== null) labelCheck.decide(label === one.label ? 'keep' : 'flip');
    },
    removeFromProject: () => labelCheck.remove(one.id),
  };
}

/**
 * For a picture that was tried.
 *
 * @param member the same picture in the project; null where it is not in the project, undefined until that is known
 */
export function tryCommands(
  app: AppState,
  picture: TriedPicture,
  member: Picture | null | undefined,
): PictureCommands {
  const { client, library, notices, tries } = app;
  const { token, path, error } = picture;
  const own: PictureCommands = {
    count: 1,
    open: error === null ? () => (tries.enlarged = true) : null,
    heatMap: error === null ? () => app.heatMaps.toggle() : null,
    showInFolder: () => notices.attempt(() => client.call('predict.reveal', { token })),
    copyPaths: async () => {
      if (await notices.attempt(() => client.call('predict.copyPath', { token })))
        notices.say('1 path copied.');
    },
    removeFromList: () => tries.remove(token),
  };
  if (!member) {
    const outside = { ...own, label: null, findSimilar: null };
    return member === undefined ? outside : { ...outside, importPictures: () => importHere(app, path) };
  }
  // It is in use here.
  const { useInTry: _, ...commands } = listedCommands(app, member);
  return {
    ...commands,
    ...own,
    // Of a picture of the project a missing file can be located.
    showInFolder: commands.showInFolder,
    label: (label, source) => {
      const stroke = library.label([member.id], label, source);
      app.tryMember.note(member.id, label);
      // Enlarged, the picture shows its label; a message each time would only move it.
      if (tries.enlarged) return;
      notices.say(`${labelledWords(label, app.opened.classNames)}: ${picture.name}`, [
        { label: 'Undo', act: () => library.labels.undoStroke(stroke) },
      ]);
    },
  };
}

function labelledWords(label: LabelValue, classNames: readonly [string, string]): string {
  if (label === null) return 'Label cleared';
  return label === 'skipped' ? 'Skipped' : `Labelled ${classNames[label]}`;
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
