import type { MenuCommand } from '../../shared/contract/system.ts';
import type { AppState } from './app.svelte.ts';

/** What the menu asks of the window as a whole. */
export const menuCommands = (app: AppState): Partial<Record<MenuCommand, () => Promise<void>>> => ({
  'new-project': async () => {
    const [folder] = await app.choose('create-project');
    if (folder !== undefined) await app.createProject(folder);
  },
  'open-project': async () => {
    const [folder] = await app.choose('open-project');
    if (folder !== undefined) await app.openProject(folder);
  },
  'open-folder': async () => {
    const [folder] = await app.choose('open-folder');
    if (folder !== undefined) await app.openFolder(folder);
  },
  'open-sample': () => app.openSample(),
  'close-project': () => app.closeProject(),
  'import-folder': async () => app.imports.start(await app.choose('import-folder')),
  'import-pictures': async () => app.imports.start(await app.choose('import-pictures')),
  'import-csv': async () => app.imports.start(await app.choose('import-csv')),
  'train-start': async () => {
    app.place = 'train';
    await app.opened.readCounts();
    const { live, starting, refusal } = app.train;
    if (live === null && !starting && refusal === null) await app.train.start();
  },
  'train-pause': async () => {
    const { live, phase } = app.train;
    if (live) await (phase === 'paused' || phase === 'pausing' ? app.train.resume() : app.train.pause());
  },
  'train-stop': async () => {
    if (app.train.live) await app.train.stop();
  },
  storage: () => {
    if (app.project) app.storage.show();
    return Promise.resolve();
  },
  about: () => {
    app.aboutShown = true;
    return Promise.resolve();
  },
});
