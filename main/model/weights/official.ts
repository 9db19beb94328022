import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import { downloadFile, fromHex, type Download } from '../../files/download.ts';
import { dataFolder } from '../../files/paths.ts';
import { IMAGENET } from './known.ts';
import { listWeights, storeOfficial, type WeightsInfo } from './store.ts';

const FILE = 'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5';
const ADDRESSES = [
  `https://storage.googleapis.com/mledu-datasets/${FILE}`,
  `https://github.com/fchollet/deep-learning-models/releases/download/v0.5/${FILE}`,
];

const SIZE_BYTES = 87_910_968;
const MD5 = 'bcbd6486424b2319ff4ef7d526e38f63';

/**
 * The official Keras weights of InceptionV3 without its top, as in the Keras tutorial.
 *
 * @param folder to download to
 * @param url another address of the same file; default: `TWOFOLD_WEIGHTS_URL`, then Google's and GitHub's
 */
export const officialFile = (folder: string, url = process.env.TWOFOLD_WEIGHTS_URL): Download => ({
  addresses: url ? [url] : ADDRESSES,
  target: join(folder, FILE),
  sizeBytes: SIZE_BYTES,
  integrity: fromHex('md5', MD5),
});

/**
 * Downloads the official Keras weights (88 MB) into the store under the name `imagenet`, unless they are already there. An
 * interrupted download resumes.
 *
 * @throws TwofoldError as `downloadFile`
 */
export async function downloadWeights(
  options: Pick<Download, 'onProgress' | 'signal'> = {},
): Promise<WeightsInfo> {
  const present = (await listWeights()).find(({ name, available }) => name === IMAGENET.name && available);
  if (present) return present;
  const file = { ...officialFile(join(dataFolder(), 'downloads')), ...options };
  try {
    await downloadFile(file);
  } catch (error) {
    if (!(error instanceof TwofoldError) || error.code === 'cancelled') throw error;
    throw new TwofoldError(
      error.code,
      `The official weights could not be downloaded. ${error.message}. Check the network connection and try again: the ` +
        'download resumes where it stopped. Or get the file on another computer and run "twofold weights import".',
      { cause: error },
    );
  }
  const info = await storeOfficial(file.target);
  await rm(file.target);
  return info;
}

/** Whether a file is the official one, by its content; false where there is none. @throws TwofoldError `cancelled` */
export async function isOfficialFile(path: string, signal?: AbortSignal): Promise<boolean> {
  const size = await stat(path).then(
    (entry) => entry.size,
    () => 0,
  );
  if (size !== SIZE_BYTES) return false;
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    throwIfCancelled(signal);
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex') === MD5;
}
