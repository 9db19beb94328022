import { z } from 'zod';
import { call, event } from './call.ts';
import { insightSettingsSchema } from './insight.ts';
import { nothing } from './fields.ts';

export interface AppInfo {
  version: string;
  electron: string;
  chromium: string;
  node: string;
  platform: 'linux' | 'darwin' | 'win32';
  /** Where projects are made by default, and where settings lie. */
  documentsFolder: string;
  dataFolder: string;
}

/** A work of others that the app contains. */
export interface Licence {
  name: string;
  text: string;
}

export const appSettingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  insight: insightSettingsSchema.prefault({}),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;

/** What a menu item asks the window to do. */
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
  'about',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

/** What a person is asked for with the system's own dialog. */
export const DIALOGS = [
  'open-folder',
  'open-project',
  'create-project',
  'import-folder',
  'import-pictures',
  'import-csv',
  'find-again',
  'try-pictures',
  'try-folder',
  'export-folder',
] as const;
export type DialogPurpose = (typeof DIALOGS)[number];

export const systemCalls = {
  'system.info': call(nothing).returns<AppInfo>(),
  'system.licences': call(nothing).returns<Licence[]>(),
  /** Asks with the system's dialog; an empty list when the person changes their mind. */
  'system.choose': call(
    z.strictObject({
      purpose: z.enum(DIALOGS),
      /** For `create-project` and `export-folder`: the name to propose. */
      name: z.string().max(200).optional(),
    }),
  ).returns<string[]>(),
  'system.settings': call(nothing).returns<AppSettings>(),
  'system.setSettings': call(
    z.strictObject({ theme: appSettingsSchema.shape.theme.unwrap().exactOptional() }),
  ).returns<AppSettings>(),
  /** A folder or project that came from outside before the window was ready; null where none did. Asked once. */
  'system.takeOpened': call(nothing).returns<string | null>(),
  /** Longest and 99th percentile delay of main's event loop since the last call with `reset`. */
  'system.delays': call(z.strictObject({ reset: z.boolean() })).returns<{ maxMs: number; p99Ms: number }>(),
};

export const systemEvents = {
  'system.menu': event<MenuCommand>(),
  /** A folder or project that came from outside: a double click, the dock, the command line, recent projects. */
  'system.openPath': event<{ path: string }>(),
  'system.settingsChanged': event<AppSettings>(),
};
