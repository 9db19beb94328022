import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../scripts/setup/download.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { locateTarball } from '../../scripts/setup/npm.ts';
import { ROOT } from '../../scripts/setup/step.ts';
import { sha512, startMirror, type Behaviour, type Mirror } from '../kit/setup-mirror.ts';

const PATIENCE = { answerMs: 500, stallMs: 400, attempts: 3, pauseMs: 10 };
const BODY = randomBytes(300_000);
const quiet = new ProgressPrinter({ write: () => undefined });

let mirror: Mirror;
let cache: string;

beforeEach(async () => {
  mirror = await startMirror();
  cache = mkdtempSync(join(tmpdir(), 'twofold-downloads-'));
  process.env.TWOFOLD_CACHE = cache;
});
afterEach(async () => {
  delete process.env.TWOFOLD_CACHE;
  rmSync(cache, { recursive: true });
  await mirror.close();
});

const fetchIt = (integrity = sha512(BODY)): Promise<string> =>
  download({ url: `${mirror.url}a.tgz`, file: 'a-1.tgz', integrity }, quiet, PATIENCE);

/** The same download in a process of its own, with the patience that people get. */
function downloadInChild(): { process: ChildProcess; ended: Promise<number | null>; said: () => string } {
  const args = [`${mirror.url}a.tgz`, 'a-1.tgz', sha512(BODY)];
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/kit/setup-child.ts', ...args], {
    cwd: ROOT,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { process: child, ended, said: () => output };
}
const partPath = (): string => join(cache, 'downloads', 'a-1.tgz.part');

describe('download', () => {
  it('downloads once and finds the file in the cache afterwards', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    await fetchIt();
    expect(mirror.requests).toEqual(['/a.tgz whole']);
    expect(readdirSync(join(cache, 'downloads'))).toEqual(['a-1.tgz']);
  });

  it('downloads again when the cached file is damaged', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    const path = await fetchIt();
    writeFileSync(path, BODY.subarray(1));
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('resumes after a broken connection', async () => {
    mirror.serve('/a.tgz', { kind: 'truncated', body: BODY, bytes: 100_000, after: 2 });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    expect(mirror.requests[1]).toMatch(/^\/a\.tgz bytes=[1-9]\d*-$/);
  });

  it('resumes after an interrupted run', async () => {
    await fetchIt().catch(() => undefined); // 404: creates the folder
    writeFileSync(partPath(), BODY.subarray(0, 1000));
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    expect(mirror.requests.at(-1)).toBe('/a.tgz bytes=1000-');
  });

  it('starts over when the server does not support ranges', async () => {
    await fetchIt().catch(() => undefined);
    writeFileSync(partPath(), randomBytes(1000));
    mirror.serve('/a.tgz', { kind: 'good', body: BODY, ranges: false });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('starts over when the kept part belongs to another file', async () => {
    await fetchIt().catch(() => undefined);
    writeFileSync(partPath(), randomBytes(1000));
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    expect(mirror.requests.slice(-2)).toEqual(['/a.tgz bytes=1000-', '/a.tgz whole']);
  });

  it('retries when the connection stalls', async () => {
    mirror.serve('/a.tgz', { kind: 'stalled', body: BODY, bytes: 5_000, after: 2 });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('retries when the server is overloaded', async () => {
    mirror.serve('/a.tgz', { kind: 'status', status: 503, after: 3, body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('rejects a wrong file after a second attempt and keeps nothing of it', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: randomBytes(1000) });
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('wrong checksum (expected sha512-') as string,
    });
    expect(mirror.requests).toHaveLength(2);
    expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
  });

  it.each<[string, Behaviour, string, number]>([
    ['refuses', { kind: 'status', status: 403, after: 99 }, 'the server answered 403 Forbidden', 1],
    [
      'is overloaded',
      { kind: 'status', status: 503, after: 99 },
      'the server answered 503 Service Unavailable',
      3,
    ],
    ['does not respond', { kind: 'silent' }, 'no response within 0.5 s', 3],
    [
      'stalls',
      { kind: 'stalled', body: BODY, bytes: 5_000, after: 99 },
      'no data within 0.4 s',
      PATIENCE.attempts,
    ],
    [
      'breaks off',
      { kind: 'truncated', body: BODY, bytes: 0, after: 99 },
      'the connection broke after 0 of 300000 bytes',
      PATIENCE.attempts,
    ],
  ])('gives the reason when a server %s', async (_, behaviour, reason, tries) => {
    mirror.serve('/a.tgz', behaviour);
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining(`${mirror.url}a.tgz: ${reason}`) as string,
    });
    expect(mirror.requests).toHaveLength(tries);
  });

  it('gives the reason when there is no server', async () => {
    await mirror.close();
    await expect(fetchIt()).rejects.toMatchObject({
      message: expect.stringContaining('connection refused') as string,
    });
    mirror = await startMirror();
  });

  it('resumes after a process was killed, although its lock is left', async () => {
    mirror.serve('/a.tgz', { kind: 'stalled', body: BODY, bytes: 100_000, after: 2 });
    const child = downloadInChild();
    const length = (): number => statSync(partPath(), { throwIfNoEntry: false })?.size ?? 0;
    await vi.waitUntil(() => length() === 100_000, { timeout: 20_000, interval: 20 });
    child.process.kill('SIGKILL');
    await child.ended;
    expect(readdirSync(join(cache, 'downloads')).sort()).toEqual(['a-1.tgz.lock', 'a-1.tgz.part']);
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    expect(mirror.requests).toEqual(['/a.tgz whole', '/a.tgz bytes=100000-']);
    expect(readdirSync(join(cache, 'downloads'))).toEqual(['a-1.tgz']);
  });

  it('downloads once when two processes want the same file', async () => {
    let letGo = (): void => undefined;
    const until = new Promise<void>((resolve) => (letGo = resolve));
    mirror.serve('/a.tgz', { kind: 'held', body: BODY, until });
    const both = [downloadInChild(), downloadInChild()];
    await vi.waitUntil(() => both.some((child) => child.said().includes('Waiting for another process')), {
      timeout: 20_000,
      interval: 20,
    });
    letGo();
    expect(await Promise.all(both.map((child) => child.ended))).toEqual([0, 0]);
    expect(mirror.requests).toEqual(['/a.tgz whole']);
    expect(readdirSync(join(cache, 'downloads'))).toEqual(['a-1.tgz']);
  });

  it('downloads once when one process wants the same file twice', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    const paths = await Promise.all([fetchIt(), fetchIt()]);
    expect(new Set(paths).size).toBe(1);
    expect(mirror.requests).toHaveLength(1);
    expect(existsSync(`${paths[0]}.lock`)).toBe(false);
  });
});

describe('the npm registry', () => {
  beforeEach(() => {
    writeFileSync(join(cache, 'npmrc'), `//${new URL(mirror.url).host}/:_authToken=\${TOKEN}\n`);
    vi.stubEnv('npm_config_userconfig', join(cache, 'npmrc'));
    vi.stubEnv('npm_config_registry', mirror.url);
    vi.stubEnv('TOKEN', 'secret');
  });
  afterEach(() => vi.unstubAllEnvs());

  /** Serves a packument with one version, and nothing else. */
  const publish = (name: string, tarball: string): void => {
    const dist = { tarball, integrity: sha512(BODY) };
    const body = { name, 'dist-tags': {}, versions: { '1.0.0': { name, version: '1.0.0', dist } } };
    mirror.serve(`/${name}`, { kind: 'good', body: Buffer.from(JSON.stringify(body)) });
  };

  it('is asked for the tarball itself when it is a mirror that repeats the public addresses', async () => {
    publish('@a/b', 'https://registry.npmjs.org/@a/b/-/b-1.0.0.tgz');
    expect(await locateTarball({ name: '@a/b', version: '1.0.0' }, PATIENCE)).toMatchObject({
      url: `${mirror.url}@a/b/-/b-1.0.0.tgz`,
      file: 'a-b-1.0.0.tgz',
      integrity: sha512(BODY),
    });
  });

  it('does not override the checksum in our code', async () => {
    publish('b', `${mirror.url}b.tgz`);
    const integrity = sha512(Buffer.from('ours'));
    const resource = await locateTarball({ name: 'b', version: '1.0.0', integrity }, PATIENCE);
    expect(resource.integrity).toBe(integrity);
  });

  it('receives the credentials of .npmrc, unlike any other server', async () => {
    publish('b', `${mirror.url}b.tgz`);
    // The connection breaks once, so the second request is one for a part.
    mirror.serve('/b.tgz', { kind: 'truncated', body: BODY, bytes: 100_000, after: 2 });
    await download(await locateTarball({ name: 'b', version: '1.0.0' }, PATIENCE), quiet, PATIENCE);
    expect(mirror.headers.map(({ authorization }) => authorization)).toEqual(Array(3).fill('Bearer secret'));
    expect(mirror.requests[2]).toMatch(/^\/b\.tgz bytes=[1-9]\d*-$/);

    const other = await startMirror();
    other.serve('/c.tgz', { kind: 'good', body: BODY });
    publish('c', `${other.url}c.tgz`);
    await download(await locateTarball({ name: 'c', version: '1.0.0' }, PATIENCE), quiet, PATIENCE);
    expect(other.headers.map(({ authorization }) => authorization)).toEqual([undefined]);
    await other.close();
  });

  it('is named with its response when it refuses', async () => {
    mirror.serve('/b', { kind: 'status', status: 403, after: 99 });
    await expect(locateTarball({ name: 'b', version: '1.0.0' }, PATIENCE)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining(`${mirror.url}: 403 Forbidden`) as string,
    });
  });
});
