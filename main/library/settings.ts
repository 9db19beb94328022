import { projectSettingsSchema, type ProjectSettings } from '../../shared/library.ts';
import { rows, run, transaction, type Db } from './sql.ts';

type Key = keyof ProjectSettings;
const KEYS = Object.keys(projectSettingsSchema.shape) as Key[];

/** What the project remembers. A value this version can't read counts as its default and is left alone. */
export function getSettings(db: Db): ProjectSettings {
  const stored = new Map(
    (rows(db, 'SELECT key, value FROM settings') as { key: string; value: string }[]).map(
      ({ key, value }) => [key, value],
    ),
  );
  const readable: Record<string, unknown> = {};
  for (const key of KEYS) {
    const text = stored.get(key);
    if (text === undefined) continue;
    const parsed = projectSettingsSchema.shape[key].safeParse(JSON.parse(text));
    if (parsed.success) readable[key] = parsed.data;
  }
  return projectSettingsSchema.parse(readable);
}

/** Changes some of the settings; the others stay. */
export function updateSettings(db: Db, change: Partial<ProjectSettings>): void {
  transaction(db, () => {
    for (const key of KEYS) {
      if (change[key] === undefined) continue;
      run(
        db,
        'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT DO UPDATE SET value = excluded.value',
        { key, value: JSON.stringify(change[key]) },
      );
    }
  });
}
