import { z } from 'zod';
import { classInfoSchema, projectSettingsSchema, type ClassInfo, type ProjectSettings } from '../library.ts';
import { call, event } from './call.ts';
import { nothing, pathSchema } from './fields.ts';

/** The open project, as the window shows it. */
export interface ProjectInfo {
  /** Absolute path of `NAME.twofold`. */
  folder: string;
  /** `NAME` */
  name: string;
  /** The second is class 1, the positive one. */
  classes: [ClassInfo, ClassInfo];
  /** Turns with every swap of the classes: whatever names a class by its index is out of date then. */
  swapped: boolean;
  settings: ProjectSettings;
  /** Sentences about what was found when it was opened, such as a run that another session left unfinished. */
  notices: string[];
}

export interface RecentProject {
  folder: string;
  name: string;
  lastOpenedAtMs: number;
  /** Whether the folder is there now: a drive may be unplugged. */
  present: boolean;
}

const settingsOf = projectSettingsSchema.shape;
/** Without the defaults: what is not named stays as it is. */
const settingsChangeSchema = z.strictObject({
  recipe: settingsOf.recipe.unwrap().exactOptional(),
  brush: settingsOf.brush.unwrap().exactOptional(),
  gridSizePx: settingsOf.gridSizePx.unwrap().exactOptional(),
  query: settingsOf.query.unwrap().exactOptional(),
  threshold: settingsOf.threshold.unwrap().exactOptional(),
});

export const projectCalls = {
  /** The open project; null while none is. */
  'project.current': call(nothing).returns<ProjectInfo | null>(),
  /** Makes a new, empty project and opens it. `.twofold` is added to the name where it lacks. */
  'project.create': call(z.strictObject({ folder: pathSchema })).returns<ProjectInfo>(),
  'project.open': call(z.strictObject({ folder: pathSchema })).returns<ProjectInfo>(),
  /**
   * Opens whatever folder a person chose or dropped: a `.twofold` folder as the project it is; any other as a folder of
   * pictures, whose project is `FOLDER.twofold` beside it (made where it is not there yet, or in the documents folder
   * where one may not write beside it). `importFolder` is what the window should import next, null where nothing.
   */
  'project.openFolder': call(z.strictObject({ folder: pathSchema })).returns<{
    project: ProjectInfo;
    importFolder: string | null;
  }>(),
  /** Makes (once) and opens a project on the sample pictures; its pictures are imported with their labels by the window. */
  'project.sample': call(nothing).returns<{ project: ProjectInfo; importFolder: string | null }>(),
  'project.close': call(nothing).returns<null>(),
  'project.recent': call(nothing).returns<RecentProject[]>(),
  /** Takes a project off the list; the project itself stays. */
  'project.forget': call(z.strictObject({ folder: pathSchema })).returns<RecentProject[]>(),
  'project.setClasses': call(
    z.strictObject({ classes: z.tuple([classInfoSchema, classInfoSchema]) }),
  ).returns<ProjectInfo>(),
  /** Remembers some of the project's settings (recipe, brush, grid size, query, threshold); the rest stays. */
  'project.setSettings': call(z.strictObject({ settings: settingsChangeSchema })).returns<ProjectSettings>(),
};

export const projectEvents = {
  /** Another project is open, or none, or its classes or its threshold changed. */
  'project.changed': event<ProjectInfo | null>(),
};
