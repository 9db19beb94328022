import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import envPaths from 'env-paths';
import type { Response } from 'undici';
import { TwofoldError } from '../../shared/errors.ts';
import { asHttpError, HttpError, PATIENCE, request, type Connection, type Patience } from './http.ts';
import { hashFile, type Integrity } from './integrity.ts';
import { withLock } from './lock.ts';
import type { Progress } from './progress.ts';

/** A file to be had from a server. */
export interface Resource {
  url: string;
  /** Name in the cache; holds the version, so that two versions never mix. */
  file: string;
  /** What it must hash to; a function when only the server's answer tells. */
  integrity: Integrity | ((response: Response) => Integrity | undefined);
  headers?: Record<string, string>;
  connection?: Connection;
}

/** Where downloads are kept, shared by every checkout of this user; `TWOFOLD_CACHE` names another folder. */
export function cacheFolder(): string {
  return process.env.TWOFOLD_CACHE ?? envPaths('twofold', { suffix: '' }).cache;
}

/**
 * Fetches a file into the cache, or finds it there, and checks what it hashes to each time.
 *
 * Data goes to `FILE.part`, which a later try or run continues with a Range request; the finished file is renamed, so
 * that `FILE` is always whole. Broken connections, stalls and overloaded servers are tried again; a file whose hash is
 * wrong is thrown away and fetched once more from the start.
 *
 * @returns path of the file
 * @throws TwofoldError `network`, with a sentence that names the address and the reason
 */
export async function download(
  resource: Resource,
  progress: Progress,
  patience: Patience = PATIENCE,
): Promise<string> {
  const folder = join(cacheFolder(), 'downloads');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, resource.file);
  const onWait = (holder: number): void =>
    progress.stage(`Waiting for process ${holder}, which downloads ${resource.file}`);
  return withLock(`${path}.lock`, () => fetchOrFind(resource, path, progress, patience), onWait);
}

async function fetchOrFind(
  resource: Resource,
  path: string,
  progress: Progress,
  patience: Patience,
): Promise<string> {
  if (existsSync(path) && typeof resource.integrity === 'string') {
    progress.stage(`Checking ${resource.file}`);
    if ((await hashFile(path, resource.integrity)) === resource.integrity) return path;
    rmSync(path); // damaged since it was downloaded
  }
  const part = `${path}.part`;
  let pauseMs = patience.pauseMs;
  let restarted = false;
  for (let attempt = 1; ; attempt++) {
    try {
      progress.stage(`Downloading ${resource.file}`);
      const integrity = await fetchPart(resource, part, progress, patience);
      progress.stage(`Checking ${resource.file}`);
      const received = await hashFile(part, integrity);
      if (received === integrity) {
        renameSync(part, path);
        return path;
      }
      rmSync(part);
      // The first part may have come from another version or a broken run: once more from the start.
      if (restarted) throw new HttpError(`a wrong file (expected ${integrity}, received ${received})`, true);
      restarted = true;
    } catch (error) {
      if (isLocal(error)) throw error;
      const failure = asHttpError(error);
      if (failure.final || attempt >= patience.attempts) {
        throw new TwofoldError('network', `${resource.url}: ${failure.message}`, { cause: error });
      }
      await sleep(pauseMs);
      pauseMs *= 2;
    }
  }
}

/** Appends to `part` what it lacks. Returns what the whole must hash to. */
async function fetchPart(
  resource: Resource,
  part: string,
  progress: Progress,
  patience: Patience,
): Promise<Integrity> {
  const have = existsSync(part) ? statSync(part).size : 0;
  const range: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const { response, abort } = await request(
    resource.url,
    { ...resource.headers, ...range },
    patience,
    resource.connection,
  );
  const integrity =
    typeof resource.integrity === 'string' ? resource.integrity : resource.integrity(response);
  if (integrity === undefined) {
    abort(new Error('no checksum'));
    throw new HttpError('an answer without a checksum to compare with', true);
  }
  if (response.status === 416) return integrity; // nothing after what we have: the hash decides
  const start = response.status === 206 ? have : 0;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isFinite(length) ? start + length : undefined;
  const file = await open(part, start > 0 ? 'a' : 'w');
  try {
    await writeBody(response, file, start, total, { progress, stallMs: patience.stallMs, abort });
  } finally {
    await file.close();
  }
  return integrity;
}

async function writeBody(
  response: Response,
  file: FileHandle,
  start: number,
  total: number | undefined,
  { progress, stallMs, abort }: { progress: Progress; stallMs: number; abort: (reason: Error) => void },
): Promise<void> {
  let done = start;
  const stalled = new HttpError(`nothing received for ${stallMs / 1000} s`, false);
  const timer = setTimeout(() => abort(stalled), stallMs);
  try {
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      await file.write(chunk as Uint8Array);
      done += (chunk as Uint8Array).byteLength;
      progress.update(done, total, 'bytes');
    }
  } catch (error) {
    if (isLocal(error) || error === stalled) throw error;
    throw new HttpError(
      `the connection broke after ${done} of ${total ?? 'an unknown number of'} bytes`,
      false,
    );
  } finally {
    clearTimeout(timer);
  }
  if (total !== undefined && done < total) {
    throw new HttpError(`the connection broke after ${done} of ${total} bytes`, false);
  }
}

/** Whether the trouble is on this machine (disk full, not writable), where no other source would help. */
export function isLocal(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return (
    typeof code === 'string' &&
    ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EMFILE'].includes(code)
  );
}
