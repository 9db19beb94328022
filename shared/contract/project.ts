import { z } from 'zod';
import { classInfoSchema, type ClassInfo } from '../library/classes.ts';
import { projectSettingsSchema, type ProjectSettings } from '../library/settings.ts';
import type { Place } from '../places.ts';
import { call, event } from './call.ts';
import { nothing, pathSchema, pathsSchema } from './fields.ts';

/** The open project, as the window shows it. */
export interface ProjectInfo {
  /** Absolute path of `NAME.twofold`. */
  folder: string;
  /** `NAME` */
  name: string;
  /** The second is class 1, the positive class. */
  classes: [ClassInfo, ClassInfo];
  /** Changes with every swap of the classes, after which class indexes are out of date. */
  swapped: boolean;
  settings: ProjectSettings;
  /** Where the person was last, or where work has come up since: results of a training in Review, pictures to label. */
  startPlace: Place;
  /** Notes from opening it, such as on a run that was interrupted. */
  notices: string[];
}

/** What a project held when it was last closed. */
export const recentSummarySchema = z.object({
  pictures: z.int(),
  labelled: z.int(),
  /** On the validation set, 0..1, of the latest trained run; null where there is none. */
  accuracy: z.number().nullable(),
  /** A small JPEG in base64. */
  thumbnail: z.string().nullable(),
});
export type RecentSummary = z.infer<typeof recentSummarySchema>;

export interface RecentProject {
  folder: string;
  name: string;
  lastOpenedAtMs: number;
  /** Null until it was closed once. */
  summary: RecentSummary | null;
  /** Whether the folder is available; its drive may not be connected. */
  present: boolean;
}

const settingsOf = projectSettingsSchema.shape;
/** Without the defaults, so that other settings stay as they are. */
const settingsChangeSchema = z.strictObject({
  recipe: settingsOf.recipe.unwrap().exactOptional(),
  brush: settingsOf.brush.unwrap().exactOptional(),
  place: settingsOf.place.unwrap().unwrap().exactOptional(),
  gridSizePx: settingsOf.gridSizePx.unwrap().exactOptional(),
  gridNames: settingsOf.gridNames.unwrap().exactOptional(),
  gridSplits: settingsOf.gridSplits.unwrap().exactOptional(),
  halves: settingsOf.halves.unwrap().exactOptional(),
  layout: settingsOf.layout.unwrap().exactOptional(),
  mapMethod: settingsOf.mapMethod.unwrap().exactOptional(),
  mapColour: settingsOf.mapColour.unwrap().exactOptional(),
  alikeFrom: settingsOf.alikeFrom.unwrap().exactOptional(),
  query: settingsOf.query.unwrap().exactOptional(),
  threshold: settingsOf.threshold.unwrap().exactOptional(),
  repeat: settingsOf.repeat.unwrap().exactOptional(),
});

export const projectCalls = {
  /** The open project, if there is one. */
  'project.current': call(nothing).returns<ProjectInfo | null>(),
  /** Creates an empty project and opens it. `.twofold` is added to the name if it is missing. */
  'project.create': call(z.strictObject({ folder: pathSchema })).returns<ProjectInfo>(),
  'project.open': call(z.strictObject({ folder: pathSchema })).returns<ProjectInfo>(),
  /**
   * Opens a chosen or dropped folder: a `.twofold` folder as a project, any other as a folder of pictures with the project
   * `FOLDER.twofold` beside it (created if it does not exist, in the documents folder if the place is not writable).
   * `importFolder` is what the window should import next, if anything.
   */
  'project.openFolder': call(z.strictObject({ folder: pathSchema })).returns<{
    project: ProjectInfo;
    importFolder: string | null;
  }>(),
  /**
   * Opens the project of several class folders, or of a table of labels with or without folders; created if it does not
   * exist. `importPaths` is what the window imports next.
   */
  'project.openPaths': call(z.strictObject({ paths: pathsSchema })).returns<{
    project: ProjectInfo;
    importPaths: string[];
  }>(),
  /** Opens the project of the sample pictures, created the first time; the window imports the pictures with their labels. */
  'project.sample': call(nothing).returns<{ project: ProjectInfo; importFolder: string | null }>(),
  'project.close': call(nothing).returns<null>(),
  'project.recent': call(nothing).returns<RecentProject[]>(),
  /** Removes a project from the list; the project itself stays. */
  'project.forget': call(z.strictObject({ folder: pathSchema })).returns<RecentProject[]>(),
  'project.setClasses': call(
    z.strictObject({ classes: z.tuple([classInfoSchema, classInfoSchema]) }),
  ).returns<ProjectInfo>(),
  /** Changes some of the project's settings. */
  'project.setSettings': call(z.strictObject({ settings: settingsChangeSchema })).returns<ProjectSettings>(),
};

export const projectEvents = {
  /** Another project is open, or none, or its classes or settings changed, whoever changed them. */
  'project.changed': event<ProjectInfo | null>(),
};
