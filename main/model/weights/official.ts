import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from '../../files/paths.ts';
import { downloadFile, type DownloadProgress } from './download.ts';
import { IMAGENET } from './known.ts';
import { OFFICIAL_FILE, officialAddresses } from './official-file.ts';
import { listWeights, storeOfficial, type WeightsInfo } from './store.ts';

export interface DownloadOptions {
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
  /** Another place that serves the same file; `TWOFOLD_WEIGHTS_URL` by default, then Google's and GitHub's. */
  url?: string | undefined;
}

/**
 * Downloads the official Keras weights (88 MB) into the store, where they are named `imagenet`. An interrupted download goes
 * on where it ended; nothing is downloaded when they are there already.
 *
 * @throws TwofoldError as `downloadFile`
 */
export async function downloadWeights({
  onProgress,
  signal,
  url,
}: DownloadOptions = {}): Promise<WeightsInfo> {
  const present = (await listWeights()).find(({ name, available }) => name === IMAGENET.name && available);
  if (present) return present;
  const target = join(dataFolder(), 'downloads', OFFICIAL_FILE.name);
  await downloadFile({
    addresses: officialAddresses(url),
    target,
    sizeBytes: OFFICIAL_FILE.sizeBytes,
    md5: OFFICIAL_FILE.md5,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  const info = await storeOfficial(target);
  await rm(target);
  return info;
}
