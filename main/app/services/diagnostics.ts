import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, freemem, release, totalmem, version } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { app, screen } from 'electron';
import manifest from '../../../package.json' with { type: 'json' };
import type { ZipEntry } from '../../files/zip.ts';
import { getCounts } from '../../library/pictures/pictures.ts';
import { getSettings } from '../../library/settings.ts';
import { jpegDecoder } from '../../pictures/jpeg-codec.ts';
import { VERSION } from '../../support/version.ts';
import type { AppContext } from './context.ts';
import { withoutNames } from './diagnostics-text.ts';

/** The contents of the diagnostics, shown in the dialog that offers them. Keep in step with `collectDiagnostics`. */
export const DIAGNOSTICS = [
  'the log, without user names, paths and names of files and classes',
  'the versions of Twofold and its parts',
  'settings, and the recipe, threshold and number of pictures of the open project',
  'processor, memory, displays and operating system',
] as const;

/**
 * Collects information for debugging problems on other machines, without pictures or labels.
 *
 * @param logs paths of logs; missing ones are skipped
 */
export async function collectDiagnostics(
  { settings, project }: AppContext,
  logs: readonly { name: string; path: string }[],
): Promise<ZipEntry[]> {
  const open = project.current;
  const about = {
    versions: {
      twofold: VERSION,
      jpegDecoder: jpegDecoder(),
      ...process.versions,
      packages: manifest.dependencies,
    },
    hardware: {
      system: `${process.platform} ${release()} ${arch()}`,
      systemVersion: version(),
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      displays: screen.getAllDisplays().map(({ size, scaleFactor }) => ({ ...size, scaleFactor })),
      graphics: app.getGPUFeatureStatus(),
    },
    settings: settings.value,
    project: open && { ...pick(getSettings(open.db)), pictures: getCounts(open.db).total },
  };
  const entries: ZipEntry[] = [{ name: 'about.json', text: `${JSON.stringify(about, null, 2)}\n` }];
  for (const { name, path } of logs) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null) entries.push({ name, text: await withoutNamesInTurns(text) });
  }
  return entries;
}

/** Leaves out search text, folders and class names. */
const pick = ({ recipe, threshold, gridSizePx }: ReturnType<typeof getSettings>) => ({
  recipe,
  threshold,
  gridSizePx,
});

const LINES_AT_ONCE = 500;

/** In batches, since a full log would block the main process for too long. */
async function withoutNamesInTurns(text: string): Promise<string> {
  const lines = text.split('\n');
  for (let start = 0; start < lines.length; start += LINES_AT_ONCE) {
    for (let index = start; index < Math.min(start + LINES_AT_ONCE, lines.length); index++) {
      lines[index] = withoutNames(lines[index]!);
    }
    await nextTurn();
  }
  return lines.join('\n');
}
