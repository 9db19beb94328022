import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from '../folders.ts';
import { downloadFile, type DownloadProgress } from './download.ts';
import { KERAS_NAME, listWeights, storeOfficial, type WeightsInfo } from './store.ts';

/** The official file of Keras' InceptionV3 without its top, as in the Keras tutorial. */
const FILE = 'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5';
const SIZE_BYTES = 87_910_968;
const MD5 = 'bcbd6486424b2319ff4ef7d526e38f63';
const ADDRESSES = [
  `https://storage.googleapis.com/mledu-datasets/${FILE}`,
  `https://github.com/fchollet/deep-learning-models/releases/download/v0.5/${FILE}`,
];

export interface DownloadOptions {
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
  /** Another place that serves the same file; `TWOFOLD_WEIGHTS_URL` by default, then Google's and GitHub's. */
  url?: string | undefined;
}

/**
 * Downloads the official Keras weights (88 MB) into the store, where they are named `keras`. An interrupted download goes
 * on where it ended; nothing is downloaded when they are there already.
 *
 * @throws TwofoldError as `downloadFile`
 */
export async function downloadWeights({
  onProgress,
  signal,
  url = process.env.TWOFOLD_WEIGHTS_URL,
}: DownloadOptions = {}): Promise<WeightsInfo> {
  const present = (await listWeights()).find(({ name, available }) => name === KERAS_NAME && available);
  if (present) return present;
  const target = join(dataFolder(), 'downloads', FILE);
  await downloadFile({
    addresses: url ? [url] : ADDRESSES,
    target,
    sizeBytes: SIZE_BYTES,
    md5: MD5,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  const info = await storeOfficial(target);
  await rm(target);
  return info;
}
