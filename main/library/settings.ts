import { projectSettingsSchema, type ProjectSettings } from '../../shared/library/settings.ts';
import type { Place } from '../../shared/places.ts';
import { swapClass, swapLabel, swapRecipe, swapThreshold } from '../../shared/swap.ts';
import { isSwapped, noteModelsChanged } from './labels/class-order.ts';
import { row, rows, run, transaction, type Db } from './database/sql.ts';

type Key = keyof ProjectSettings;
const KEYS = Object.keys(projectSettingsSchema.shape) as Key[];
/**
 * Whether the classes were swapped when the threshold was set. It is stored unswapped, so that it comes back exactly.
 */
const THRESHOLD_ORDER = 'thresholdSwapped';
/** When a place was last chosen. */
const PLACE_AT_MS = 'placeAtMs';

/** The project's settings. For a value that this version can't read, returns the default; the stored value is kept. */
export function getSettings(db: Db): ProjectSettings {
  const found = rows<{ key: string; value: string }>(db, 'SELECT key, value FROM settings');
  const stored = new Map(found.map(({ key, value }) => [key, value]));
  const readable: Record<string, unknown> = {};
  for (const key of KEYS) {
    const text = stored.get(key);
    if (text === undefined) continue;
    const parsed = projectSettingsSchema.shape[key].safeParse(JSON.parse(text));
    if (parsed.success) readable[key] = parsed.data;
  }
  const settings = projectSettingsSchema.parse(readable);
  const swapped = isSwapped(db);
  if (swapped !== (stored.get(THRESHOLD_ORDER) === 'true')) {
    settings.threshold = swapThreshold(settings.threshold);
  }
  return swapped ? { ...settings, ...swapClassIndices(settings) } : settings;
}

/** Where the person was last in the window, and since when; the Library since 0 if they chose no place yet. */
export function getPlace(db: Db): { place: Place; atMs: number } {
  const stored = row<{ value: string }>(db, 'SELECT value FROM settings WHERE key = :key', {
    key: PLACE_AT_MS,
  });
  return { place: getSettings(db).place ?? 'library', atMs: stored ? Number(stored.value) : 0 };
}

/** Changes the given settings only. */
export function updateSettings(db: Db, change: Partial<ProjectSettings>): void {
  transaction(db, () => {
    const swapped = isSwapped(db);
    const stored: Record<string, unknown> = { ...change, ...(swapped && swapClassIndices(change)) };
    for (const key of KEYS) if (stored[key] !== undefined) putSetting(db, key, stored[key]);
    if (change.place !== undefined) putSetting(db, PLACE_AT_MS, Date.now());
    if (change.threshold === undefined) return;
    putSetting(db, THRESHOLD_ORDER, swapped);
    noteModelsChanged(db);
  });
}

/** Stores a value under a key, also one that is not among `ProjectSettings`. */
export function putSetting(db: Db, key: string, value: unknown): void {
  run(
    db,
    'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT DO UPDATE SET value = excluded.value',
    { key, value: JSON.stringify(value) },
  );
}

/** The settings that refer to a class by its index, with the classes swapped. */
function swapClassIndices({ recipe, brush, query }: Partial<ProjectSettings>): Partial<ProjectSettings> {
  const filter = query?.filter;
  return {
    ...(recipe !== undefined && { recipe: swapRecipe(recipe) }),
    ...(brush !== undefined && { brush: swapLabel(brush) }),
    ...(query &&
      (filter?.kind === 'class' || filter?.kind === 'suggested') && {
        query: { ...query, filter: { ...filter, class: swapClass(filter.class) } },
      }),
  };
}
