import type { AppContext } from '../app/services/context.ts';
import { projectOfFolder, projectOfPaths, requireFolder } from '../app/services/open-project.ts';
import { prepareSample } from '../app/services/sample.ts';
import type { HandlersOf } from './answer.ts';
import { setClasses } from '../library/labels/classes.ts';
import { isProject, PROJECT_SUFFIX } from '../library/folder.ts';
import { updateSettings } from '../library/settings.ts';

export function projectHandlers({ project, recent, documents }: AppContext): HandlersOf<'project'> {
  return {
    'project.current': () => project.info(),
    'project.create': ({ folder }) => project.create(folder),
    'project.open': ({ folder }) => {
      requireFolder(folder);
      return project.open(folder);
    },
    'project.openFolder': async ({ folder }) => {
      requireFolder(folder);
      // A folder with this suffix but without a library is a damaged project, not a folder of pictures.
      if (isProject(folder) || folder.endsWith(PROJECT_SUFFIX))
        return { project: await project.open(folder), importFolder: null };
      const place = projectOfFolder(folder, documents());
      return { project: await project.openOrCreate(place), importFolder: folder };
    },
    'project.openPaths': async ({ paths }) => {
      const place = projectOfPaths(paths, documents());
      return { project: await project.openOrCreate(place), importPaths: paths };
    },
    'project.sample': async () => {
      const { folder, pictures } = await prepareSample(documents());
      const isNew = !isProject(folder);
      return { project: await project.openOrCreate(folder), importFolder: isNew ? pictures : null };
    },
    'project.close': async () => {
      await project.close();
      return null;
    },
    'project.recent': () => recent.list(),
    'project.forget': ({ folder }) => {
      recent.forget(folder);
      return recent.list();
    },
    'project.setClasses': ({ classes }) => {
      setClasses(project.requireAsShown().db, classes);
      return project.announce();
    },
    'project.setSettings': ({ settings }) => {
      updateSettings(project.requireAsShown().db, settings);
      return project.announce().settings;
    },
  };
}
