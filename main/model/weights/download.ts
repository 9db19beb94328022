import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import type { Response } from 'undici';
import { TwofoldError } from '../../../shared/errors.ts';

export interface DownloadProgress {
  receivedBytes: number;
  totalBytes: number;
}

export interface Download {
  /** Places that serve the same file, tried in order. */
  addresses: readonly string[];
  /** Where the file goes; what arrived so far lies beside it, with `.part` added. */
  target: string;
  sizeBytes: number;
  /** 32 hexadecimal digits. */
  md5: string;
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
  /** After how long without a byte a connection is given up. Default a minute. */
  stallMs?: number;
  /** Between attempts at the same address. Default a second. */
  pauseMs?: number;
}

const ATTEMPTS = 3;

/** An answer that won't be another one if asked again. */
class Refused extends Error {}

/**
 * Downloads a file of known size and checksum; one that is there already is kept when it is right. What has arrived is kept when the download is interrupted, and the next
 * one asks only for the rest. The file appears at `target` only when its checksum is right.
 *
 * @throws TwofoldError `cancelled` when the signal aborts, `network` when no address serves the file, `corrupt` when what
 * they serve has another checksum
 */
export async function downloadFile(download: Download): Promise<void> {
  const { addresses, target, signal } = download;
  await mkdir(dirname(target), { recursive: true });
  if ((await md5Of(target).catch(() => null)) === download.md5) return;
  const failures: string[] = [];
  let code: 'network' | 'corrupt' = 'network';
  for (const address of addresses) {
    try {
      const isResumed = (await received(download)) > 0;
      await fetchAll(download, address);
      if (await verify(download)) return;
      // What an earlier download left may be what is wrong: once more from the start.
      if (isResumed) {
        await fetchAll(download, address);
        if (await verify(download)) return;
      }
      code = 'corrupt';
      failures.push(`${address}: the file is not the expected one (another MD5)`);
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      if (!isNetworkError(error)) throw error;
      failures.push(`${address}: ${reason(error)}`);
    }
  }
  throw new TwofoldError(
    code,
    `The file could not be downloaded. ${failures.join('; ')}. ` +
      'Check the network and try again: what has arrived is kept. Or fetch the file elsewhere and import it.',
  );
}

/** Fetches until `.part` has the whole size, going on after interruptions as long as each attempt brings something. */
async function fetchAll(download: Download, address: string): Promise<void> {
  const { sizeBytes, signal, pauseMs = 1000 } = download;
  for (let failures = 0; ;) {
    const before = await received(download);
    if (before === sizeBytes) return;
    try {
      await fetchRest(download, address, before);
    } catch (error) {
      if (signal?.aborted || error instanceof Refused || !isNetworkError(error)) throw error;
      failures = (await received(download)) > before ? 1 : failures + 1;
      if (failures >= ATTEMPTS) throw error;
      await pause(pauseMs, signal);
    }
  }
}

async function fetchRest(download: Download, address: string, start: number): Promise<void> {
  const { sizeBytes, onProgress, signal } = download;
  const stall = new Stall(download.stallMs ?? 60_000);
  // Unlike Node's own fetch this one goes through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const answer = await fetch(address, {
      dispatcher,
      headers: { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) },
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    const from = await startOf(answer, start);
    const file = await open(partOf(download), from === 0 ? 'w' : 'a');
    try {
      let receivedBytes = from;
      for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
        stall.restart();
        receivedBytes += chunk.byteLength;
        if (receivedBytes > sizeBytes)
          throw new Refused(`it sends more than the expected ${sizeBytes} bytes`);
        await file.writeFile(chunk);
        onProgress?.({ receivedBytes, totalBytes: sizeBytes });
      }
      if (receivedBytes < sizeBytes)
        throw new TypeError(`the connection ended after ${receivedBytes} of ${sizeBytes} bytes`);
    } finally {
      await file.close();
    }
  } finally {
    stall.stop();
    await dispatcher.destroy();
  }
}

/** The byte at which an answer's body starts. A server that doesn't know ranges sends the whole file. */
async function startOf(answer: Response, asked: number): Promise<number> {
  if (answer.status === 200 && answer.body) return 0;
  if (
    answer.status === 206 &&
    answer.body &&
    answer.headers.get('content-range')?.startsWith(`bytes ${asked}-`)
  ) {
    return asked;
  }
  await answer.body?.cancel();
  const message = `the server answers ${answer.status} ${answer.statusText}`.trimEnd();
  throw answer.status >= 500 ? new TypeError(message) : new Refused(message);
}

/** Moves the file to its place when it is the right one, or removes it. */
async function verify(download: Download): Promise<boolean> {
  const isRight = (await md5Of(partOf(download))) === download.md5;
  if (isRight) await rename(partOf(download), download.target);
  else await rm(partOf(download));
  return isRight;
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Bytes that have arrived so far. More than the file has is none of it. */
async function received(download: Download): Promise<number> {
  const size = await stat(partOf(download)).then(
    (entry) => entry.size,
    () => 0,
  );
  if (size <= download.sizeBytes) return size;
  await rm(partOf(download));
  return 0;
}

const partOf = ({ target }: Download): string => `${target}.part`;

/** Aborts a connection on which nothing comes any more. */
class Stall {
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(stallMs: number) {
    this.#stallMs = stallMs;
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = globalThis.setTimeout(() => {
      this.#controller.abort(new TypeError(`nothing arrived for ${this.#stallMs / 1000} seconds`));
    }, this.#stallMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(durationMs, undefined, signal ? { signal } : {});
}

/** fetch reports what goes wrong on the network as TypeError; a full disk is something else. */
const isNetworkError = (error: unknown): boolean => error instanceof Refused || error instanceof TypeError;

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || message : message;
}

const cancelled = (): TwofoldError =>
  new TwofoldError(
    'cancelled',
    'The download was stopped. What has arrived is kept; the next one goes on from there.',
  );
