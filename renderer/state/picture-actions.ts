import { MAX_ROWS } from '../../shared/contract/pictures.ts';
import { plural } from '../../shared/format.ts';
import type { AppState } from './app.svelte.ts';

/** What can be done with pictures of the project besides labelling them, from menus and by keys. */

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
