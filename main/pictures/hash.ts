import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { explainFileError } from './read.ts';

export interface FileHash {
  /** SHA-256 of the content, 64 hexadecimal digits. */
  sha256: string;
  sizeBytes: number;
  mtimeMs: number;
}

/** SHA-256 of bytes, 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Hashes a file of any size in a stream.
 *
 * @throws TwofoldError the errors of `readPictureFile`
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<FileHash> {
  try {
    const { size: sizeBytes, mtimeMs } = await stat(path);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash, { signal });
    return { sha256: hash.digest('hex'), sizeBytes, mtimeMs };
  } catch (error) {
    throw explainFileError(error);
  }
}
