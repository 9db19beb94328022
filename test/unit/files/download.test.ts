import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { downloadFile, fromHex, type Download } from '../../../main/files/download.ts';
import { downloadWeights } from '../../../main/model/weights/official.ts';
import { temporaryHome } from '../../kit/weights.ts';

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const INTEGRITY = fromHex('md5', createHash('md5').update(CONTENT).digest('hex'));
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves the file or a range of it. */
const good: Answer = (request, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` };
  response.writeHead(start > 0 ? 206 : 200, start > 0 ? range : {}).end(CONTENT.subarray(start));
};
const withoutRanges: Answer = (_request, response) => response.writeHead(200).end(CONTENT);
const status =
  (code: number): Answer =>
  (_request, response) =>
    response.writeHead(code).end('<html>no</html>');
/** Sends some bytes and then cuts the connection. */
const breaking =
  (bytes: number): Answer =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': CONTENT.length - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` } : {}),
    });
    response.write(CONTENT.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 20));
  };

let folder: string;
let target: string;
let server: Server;
let answers: Answer[];
let ranges: (string | undefined)[];
let address: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twofold-download-'));
  target = join(folder, 'downloads', 'file.h5');
  ranges = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    // The last answer repeats.
    (answers.length > 1 ? answers.shift()! : answers[0]!)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.h5`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const download = (options: Partial<Download> = {}): Promise<void> =>
  downloadFile({
    addresses: [address],
    target,
    sizeBytes: CONTENT.length,
    integrity: INTEGRITY,
    patience: { attempts: 3, pauseMs: 5 },
    ...options,
  });
const part = (): string => `${target}.part`;

describe('downloading', () => {
  it('reports progress and leaves nothing else behind', async () => {
    answers = [good];
    const seen: number[][] = [];
    await download({ onProgress: (received, total = NaN) => seen.push([received, total]) });
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
    expect(existsSync(part())).toBe(false);
    expect(seen.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
    expect(seen.every(([received], i) => i === 0 || received! > seen[i - 1]![0]!)).toBe(true);
  });

  it('resumes after a broken connection, as long as each attempt brings something', async () => {
    answers = [breaking(50_000), breaking(70_000), breaking(30_000), breaking(10_000), good];
    await download();
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
    // How much arrives before the connection breaks is up to the system; it is never requested again.
    const starts = ranges.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0));
    expect(starts).toHaveLength(5);
    [50_000, 70_000, 30_000, 10_000].forEach((sent, i) => {
      expect(starts[i + 1]).toBeGreaterThanOrEqual(starts[i]!);
      expect(starts[i + 1]).toBeLessThanOrEqual(starts[i]! + sent);
    });
    expect(starts[4]).toBeGreaterThan(0);
  });

  it('resumes a cancelled download', async () => {
    answers = [breaking(50_000)];
    const controller = new AbortController();
    const stopped = download({ signal: controller.signal, onProgress: () => controller.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const kept = statSync(part()).size;
    expect(kept).toBeGreaterThan(0);
    answers = [good];
    await download();
    expect(ranges.at(-1)).toBe(`bytes=${kept}-`);
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
  });

  it('starts over when the server does not support ranges', async () => {
    answers = [breaking(50_000), withoutRanges];
    await download();
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
  });

  it('starts over when the kept part is wrong', async () => {
    answers = [breaking(50_000), status(403)];
    await expect(download()).rejects.toMatchObject({ code: 'network' });
    writeFileSync(part(), Buffer.alloc(50_000));
    answers = [good];
    await download();
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
    writeFileSync(part(), Buffer.alloc(CONTENT.length + 1));
    await download();
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
  });

  it('rejects a file with another checksum and keeps nothing of it', async () => {
    answers = [(_request, response) => response.writeHead(200).end(Buffer.alloc(CONTENT.length))];
    await expect(download()).rejects.toMatchObject({ code: 'corrupt' });
    expect(existsSync(target)).toBe(false);
    expect(existsSync(part())).toBe(false);
  });

  it('rejects more bytes than expected', async () => {
    answers = [(_request, response) => response.writeHead(200).end(Buffer.alloc(CONTENT.length * 2))];
    await expect(download()).rejects.toThrow(/more than the expected 300000 bytes/);
  });

  it.each([403, 404])('gives up at once on %i, naming address and status', async (code) => {
    answers = [status(code)];
    await expect(download()).rejects.toThrow(new RegExp(`${address}.*${code}`));
    expect(ranges).toHaveLength(1);
  });

  it('retries on 503, and gives up when there is no server', async () => {
    answers = [status(503), status(503), good];
    await download();
    rmSync(target);
    const noServer = download({ addresses: ['http://127.0.0.1:1/file.h5'] });
    await expect(noServer).rejects.toMatchObject({ code: 'network' });
  });

  it('tries the next address when one does not serve the file', async () => {
    answers = [status(403), good];
    await download({ addresses: [address, address] });
    expect(readFileSync(target).equals(CONTENT)).toBe(true);
  });

  it('uses the proxy of the environment', async () => {
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (request: IncomingMessage, socket: Duplex) => {
      tunnels.push(request.url!);
      const { port, hostname } = new URL(`http://${request.url!}`);
      const onward = connect(Number(port), hostname, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      onward.pipe(socket).pipe(onward);
      for (const end of [onward, socket]) end.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('http_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('no_proxy', '');
    answers = [good];
    try {
      await download();
      expect(tunnels).toEqual([new URL(address).host]);
      expect(readFileSync(target).equals(CONTENT)).toBe(true);
    } finally {
      vi.unstubAllEnvs();
      proxy.close();
    }
  });

  it('gives up on a connection that stalls', async () => {
    answers = [(_request, response) => response.writeHead(200).write(CONTENT.subarray(0, 10))];
    const patience = { stallMs: 50, attempts: 3, pauseMs: 5 };
    await expect(download({ patience })).rejects.toThrow(/no data within 0.05 s/);
  });
});

describe('the official weights', () => {
  it('report the address and its response when they can not be downloaded', async () => {
    const home = temporaryHome();
    process.env.TWOFOLD_WEIGHTS_URL = address;
    answers = [status(403)];
    try {
      await expect(downloadWeights()).rejects.toThrow(new RegExp(`${address}.*403`));
      expect(existsSync(join(home.folder, 'weights'))).toBe(false);
    } finally {
      delete process.env.TWOFOLD_WEIGHTS_URL;
      home.remove();
    }
  });
});
