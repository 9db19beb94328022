import { existsSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { downloadFile, type Download } from '../../main/files/download.ts';
import { PATIENCE, type Patience } from '../../main/files/http.ts';
import { withLock } from './lock.ts';
import type { Progress } from './progress.ts';

/** A file on a server. */
export interface Resource extends Pick<Download, 'integrity' | 'send'> {
  url: string;
  /** File name in the cache, with the version, so that two versions never mix. */
  file: string;
}

/** Where downloads are kept for every checkout of this user; `TWOFOLD_CACHE` sets another folder. */
export function cacheFolder(): string {
  return process.env.TWOFOLD_CACHE ?? envPaths('twofold', { suffix: '' }).cache;
}

/**
 * Downloads a file to the cache unless it is already there. Other processes that want the same file wait.
 *
 * @returns path of the file
 * @throws TwofoldError the errors of `downloadFile`
 */
export async function download(
  { url, file, integrity, send }: Resource,
  progress: Progress,
  patience: Patience = PATIENCE,
): Promise<string> {
  const target = join(cacheFolder(), 'downloads', file);
  const work = async (): Promise<string> => {
    progress.stage(`${existsSync(target) ? 'Checking' : 'Downloading'} ${file}`);
    await downloadFile({
      addresses: [url],
      target,
      integrity,
      patience,
      ...(send && { send }),
      onProgress: (received, total) => progress.update(received, total, 'bytes'),
    });
    return target;
  };
  return withLock(target, work, () => progress.stage(`Waiting for another process that downloads ${file}`));
}
