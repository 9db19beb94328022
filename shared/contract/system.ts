import { z } from 'zod';
import { DEFAULT_RISK, riskSchema } from '../unsure.ts';
import { call, event } from './call.ts';
import { heatMapSettingsSchema } from './heat-maps.ts';
import { insightSettingsSchema } from './insight.ts';
import { nothing } from './fields.ts';

export interface AppInfo {
  version: string;
  electron: string;
  chromium: string;
  node: string;
  platform: 'linux' | 'darwin' | 'win32';
  /** Default folder of new projects, and the folder of settings. */
  documentsFolder: string;
  dataFolder: string;
}

/** A third-party work in the app. */
export interface Licence {
  name: string;
  text: string;
}

export const appSettingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  insight: insightSettingsSchema.prefault({}),
  /** Sections of panels that a person opened or closed, by name. */
  sections: z.record(z.string().max(40), z.boolean()).default({}),
  /** The error rate of the guarantee for unsure answers that was asked for last. */
  risk: riskSchema.default(DEFAULT_RISK).catch(DEFAULT_RISK),
  heatMap: heatMapSettingsSchema.prefault({}),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;

/** The longest report of an error: a stack is far shorter. */
export const MAX_ERROR_CHARACTERS = 20_000;

/** An error of the window that nothing caught. `place`: while a place was drawn, which shows it. */
export const windowErrorSchema = z.strictObject({
  kind: z.enum(['error', 'rejection', 'place']),
  /** Message and stack. */
  text: z.string().max(MAX_ERROR_CHARACTERS),
});
export type WindowError = z.infer<typeof windowErrorSchema>;

/** Menu items that the window handles. */
export const MENU_COMMANDS = [
  'new-project',
  'open-project',
  'open-folder',
  'close-project',
  'open-sample',
  'import-folder',
  'import-pictures',
  'import-csv',
  'undo',
  'redo',
  'select-all',
  'find',
  'show-library',
  'show-train',
  'show-review',
  'show-try',
  'show-export',
  'train-start',
  'train-pause',
  'train-stop',
  'storage',
  'about',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

/** The purposes of system dialogs. */
export const DIALOGS = [
  'open-folder',
  'open-project',
  'create-project',
  'import-folder',
  'import-pictures',
  'import-csv',
  'import-weights',
  'locate-folder',
  'try-pictures',
  'try-folder',
  'export-folder',
] as const;
export type DialogPurpose = (typeof DIALOGS)[number];

export const systemCalls = {
  'system.info': call(nothing).returns<AppInfo>(),
  'system.licences': call(nothing).returns<Licence[]>(),
  /** Shows a system dialog; an empty list if it was cancelled. */
  'system.choose': call(
    z.strictObject({
      purpose: z.enum(DIALOGS),
      /** For `create-project` and `export-folder`: the name to propose. */
      name: z.string().max(200).optional(),
    }),
  ).returns<string[]>(),
  'system.settings': call(nothing).returns<AppSettings>(),
  'system.setSettings': call(
    z.strictObject({
      theme: appSettingsSchema.shape.theme.unwrap().exactOptional(),
      sections: appSettingsSchema.shape.sections.unwrap().exactOptional(),
      risk: riskSchema.exactOptional(),
      heatMap: heatMapSettingsSchema.exactOptional(),
    }),
  ).returns<AppSettings>(),
  /** A folder or project to open that was passed before the window was ready, if any. */
  'system.takeOpened': call(nothing).returns<string | null>(),
  /** Logs an error of the window; of many in a minute only the first. */
  'system.report': call(windowErrorSchema).returns<null>(),
  /** Shows the log in the file manager. */
  'system.showLog': call(nothing).returns<null>(),
  /** Longest and 99th percentile delay of main's event loop since the last call with `reset`. */
  'system.delays': call(z.strictObject({ reset: z.boolean() })).returns<{ maxMs: number; p99Ms: number }>(),
};

export const systemEvents = {
  'system.menu': event<MenuCommand>(),
  /** A folder or project to open, from a double click, the dock, the command line or recent projects. */
  'system.openPath': event<{ path: string }>(),
  /** An error that nothing caught, in main or in the window, was logged. */
  'system.defect': event<null>(),
  'system.settingsChanged': event<AppSettings>(),
};
