import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TwofoldError } from '../../shared/errors.ts';
import { isLocal, NetworkError, PATIENCE, request, type Answer, type Patience, type Send } from './http.ts';

/** A checksum as npm and Subresource Integrity write it: algorithm and base64 digest. */
export type Integrity = `${'sha256' | 'sha512' | 'md5'}-${string}`;

/** Writes a checksum known in hexadecimal as an `Integrity`. */
export const fromHex = (algorithm: 'sha256' | 'md5', hex: string): Integrity =>
  `${algorithm}-${Buffer.from(hex, 'hex').toString('base64')}`;

export interface Download {
  /** Addresses of the same file, tried in order. */
  addresses: readonly string[];
  /** Path of the file. An unfinished download is kept next to it as `TARGET.part`. */
  target: string;
  /** The expected checksum; a function of the response headers where only the server knows it. */
  integrity: Integrity | ((headers: Answer['headers']) => Integrity | undefined);
  /** The expected size, if known; a longer response is refused. */
  sizeBytes?: number;
  /** @param totalBytes undefined when the server does not send it */
  onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
  signal?: AbortSignal;
  patience?: Partial<Patience>;
  /** Default: `sender()`. */
  send?: Send;
}

/**
 * Downloads a file and verifies its checksum, unless `target` already has it. The file appears at `target` only when it
 * is complete and correct. An interrupted download resumes where it stopped, in this call or a later one.
 *
 * @throws TwofoldError `network` when no address serves the file, `corrupt` when the checksum does not match (both list
 * each address with the reason), `cancelled` when the signal aborts; errors of the file system as they are
 */
export async function downloadFile(download: Download): Promise<void> {
  const { addresses, target, integrity, signal } = download;
  await mkdir(dirname(target), { recursive: true });
  if (typeof integrity === 'string' && (await matches(target, integrity))) return;
  const failures: string[] = [];
  let code: NetworkError['code'] = 'network';
  for (const address of addresses) {
    try {
      await downloadFrom(address, download);
      return;
    } catch (error) {
      if (signal?.aborted)
        throw new TwofoldError(
          'cancelled',
          'Download cancelled. The part already downloaded is kept, and the next attempt resumes there.',
        );
      if (!(error instanceof NetworkError)) throw error;
      code = error.code;
      failures.push(`${address}: ${error.message}`);
    }
  }
  throw new TwofoldError(code, failures.join('; '));
}

async function downloadFrom(address: string, download: Download): Promise<void> {
  const { target, signal } = download;
  const { attempts, pauseMs } = { ...PATIENCE, ...download.patience };
  const part = `${target}.part`;
  let isRestarted = false;
  for (let failures = 0; ;) {
    const before = await sizeOf(part);
    try {
      const integrity = await fetchRest(address, before, download);
      if (await matches(part, integrity)) {
        await rename(part, target);
        return;
      }
      await rm(part);
      if (isRestarted) throw new NetworkError(`wrong checksum (expected ${integrity})`, true, 'corrupt');
      // The first part may be from another version or a broken run.
      isRestarted = true;
    } catch (error) {
      if (!(error instanceof NetworkError) || error.isFinal || signal?.aborted) throw error;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= attempts) throw error;
      await sleep(pauseMs * 2 ** (failures - 1), undefined, { signal });
    }
  }
}

/** Appends the missing bytes to the `.part` file. Returns the checksum to expect of the whole. */
async function fetchRest(address: string, start: number, download: Download): Promise<Integrity> {
  const { integrity } = download;
  const range = start > 0 ? { range: `bytes=${start}-` } : undefined;
  return request(address, { ...download, headers: range }, async (answer, onData) => {
    const expected = typeof integrity === 'string' ? integrity : integrity(answer.headers);
    if (expected === undefined)
      throw new NetworkError('the server sent no checksum to verify the file with', true);
    // 416: nothing follows what is there, so its checksum decides.
    if (answer.status !== 416) await receive(answer, start, download, onData);
    return expected;
  });
}

async function receive(
  { status, headers, body }: Answer,
  start: number,
  { target, sizeBytes, onProgress }: Download,
  onData: () => void,
): Promise<void> {
  // A server without range support sends the whole file.
  let received = status === 206 ? start : 0;
  const length = headers.get('content-length');
  const total = length === null ? sizeBytes : received + Number(length);
  const broken = (): NetworkError =>
    new NetworkError(`the connection broke after ${received} of ${total ?? 'an unknown number of'} bytes`);
  const file = await open(`${target}.part`, received > 0 ? 'a' : 'w');
  try {
    for await (const chunk of body ?? []) {
      onData();
      received += chunk.byteLength;
      if (sizeBytes !== undefined && received > sizeBytes)
        throw new NetworkError(`the server sends more than the expected ${sizeBytes} bytes`, true);
      await file.writeFile(chunk);
      onProgress?.(received, total);
    }
  } catch (error) {
    if (error instanceof NetworkError || isLocal(error) || (error as Error).name === 'AbortError')
      throw error;
    throw broken();
  } finally {
    await file.close();
  }
  if (total !== undefined && received < total) throw broken();
}

async function matches(path: string, integrity: Integrity): Promise<boolean> {
  const algorithm = integrity.slice(0, integrity.indexOf('-'));
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return `${algorithm}-${hash.digest('base64')}` === integrity;
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
