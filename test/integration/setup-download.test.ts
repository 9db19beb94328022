import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../scripts/setup/download.ts';
import { findAuthorization, type NpmConfig } from '../../scripts/setup/npm-config.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { locateTarball } from '../../scripts/setup/registry.ts';
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
  it('fetches once, and finds the file in the cache from then on', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    await fetchIt();
    expect(mirror.requests).toEqual(['/a.tgz whole']);
    expect(readdirSync(join(cache, 'downloads'))).toEqual(['a-1.tgz']);
  });

  it('fetches again when the file in the cache was damaged', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    const path = await fetchIt();
    writeFileSync(path, BODY.subarray(1));
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('goes on where a broken connection ended', async () => {
    mirror.serve('/a.tgz', { kind: 'truncated', body: BODY, bytes: 100_000, after: 2 });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    expect(mirror.requests[1]).toMatch(/^\/a\.tgz bytes=[1-9]\d*-$/);
  });

  it('goes on where an interrupted run ended', async () => {
    await fetchIt().catch(() => undefined); // 404: makes the folder
    writeFileSync(partPath(), BODY.subarray(0, 1000));
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    expect(mirror.requests.at(-1)).toBe('/a.tgz bytes=1000-');
  });

  it('starts anew when the server knows no ranges', async () => {
    await fetchIt().catch(() => undefined);
    writeFileSync(partPath(), randomBytes(1000));
    mirror.serve('/a.tgz', { kind: 'good', body: BODY, ranges: false });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('starts anew when what was left belongs to another file', async () => {
    await fetchIt().catch(() => undefined);
    writeFileSync(partPath(), randomBytes(1000));
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
    expect(mirror.requests.slice(-2)).toEqual(['/a.tgz bytes=1000-', '/a.tgz whole']);
  });

  it('gives up on a connection that stalls, and tries again', async () => {
    mirror.serve('/a.tgz', { kind: 'stalled', body: BODY, bytes: 5_000, after: 2 });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('tries again when the server is overloaded', async () => {
    mirror.serve('/a.tgz', { kind: 'status', status: 503, after: 3, body: BODY });
    expect(readFileSync(await fetchIt()).equals(BODY)).toBe(true);
  });

  it('refuses a wrong file after a second try, and keeps nothing of it', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: randomBytes(1000) });
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('a wrong file (expected sha512-') as string,
    });
    expect(mirror.requests).toHaveLength(2);
    expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
  });

  it.each<[string, Behaviour, string, number]>([
    ['refuses', { kind: 'status', status: 403, after: 99 }, 'the answer 403 Forbidden', 1],
    ['is overloaded', { kind: 'status', status: 503, after: 99 }, 'the answer 503 Service Unavailable', 3],
    ['says nothing', { kind: 'silent' }, 'no answer within 0.5 s', 3],
    [
      'stalls',
      { kind: 'stalled', body: BODY, bytes: 5_000, after: 99 },
      'nothing received for 0.4 s',
      PATIENCE.attempts,
    ],
    [
      'breaks off',
      { kind: 'truncated', body: BODY, bytes: 0, after: 99 },
      'the connection broke after 0 of 300000 bytes',
      PATIENCE.attempts,
    ],
  ])('says why it failed when a server %s', async (_, behaviour, reason, tries) => {
    mirror.serve('/a.tgz', behaviour);
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining(`${mirror.url}a.tgz: ${reason}`) as string,
    });
    expect(mirror.requests).toHaveLength(tries);
  });

  it('names a server that is not there', async () => {
    await mirror.close();
    await expect(fetchIt()).rejects.toMatchObject({
      message: expect.stringContaining('the connection was refused') as string,
    });
    mirror = await startMirror();
  });

  it('goes on where a killed process was, though it left its lock', async () => {
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

  it('asks once when two processes want the same file at once', async () => {
    let letGo = (): void => undefined;
    const until = new Promise<void>((resolve) => (letGo = resolve));
    mirror.serve('/a.tgz', { kind: 'held', body: BODY, until });
    const both = [downloadInChild(), downloadInChild()];
    await vi.waitUntil(() => both.some((child) => child.said().includes('Waiting for process')), {
      timeout: 20_000,
      interval: 20,
    });
    letGo();
    expect(await Promise.all(both.map((child) => child.ended))).toEqual([0, 0]);
    expect(mirror.requests).toEqual(['/a.tgz whole']);
    expect(readdirSync(join(cache, 'downloads'))).toEqual(['a-1.tgz']);
  });

  it('asks once when one process wants the same file twice', async () => {
    mirror.serve('/a.tgz', { kind: 'good', body: BODY });
    const paths = await Promise.all([fetchIt(), fetchIt()]);
    expect(new Set(paths).size).toBe(1);
    expect(mirror.requests).toHaveLength(1);
    expect(existsSync(`${paths[0]}.lock`)).toBe(false);
  });
});

describe('the npm registry', () => {
  const npm = (extra: Partial<NpmConfig> = {}): NpmConfig => ({
    registry: mirror.url,
    authorization: undefined,
    proxy: undefined,
    httpsProxy: undefined,
    noProxy: undefined,
    cafile: undefined,
    ...extra,
  });
  const about = (tarball: string): Buffer =>
    Buffer.from(JSON.stringify({ dist: { tarball, integrity: sha512(BODY) } }));

  it('serves the tarball itself when it is a mirror that repeats the public addresses', async () => {
    mirror.serve('/@a/b/1.0.0', {
      kind: 'good',
      body: about('https://registry.npmjs.org/@a/b/-/b-1.0.0.tgz'),
    });
    const resource = await locateTarball({ name: '@a/b', version: '1.0.0' }, PATIENCE, npm());
    expect(resource).toMatchObject({
      url: `${mirror.url}@a/b/-/b-1.0.0.tgz`,
      file: 'a-b-1.0.0.tgz',
      integrity: sha512(BODY),
    });
  });

  it('trusts the checksum in our code more than the registry', async () => {
    mirror.serve('/b/1.0.0', { kind: 'good', body: about(`${mirror.url}b.tgz`) });
    const integrity = sha512(Buffer.from('ours'));
    const resource = await locateTarball({ name: 'b', version: '1.0.0', integrity }, PATIENCE, npm());
    expect(resource.integrity).toBe(integrity);
  });

  it('gets the credentials, and nobody else does', async () => {
    const config = npm({ authorization: 'Bearer secret' });
    mirror.serve('/b/1.0.0', { kind: 'good', body: about(`${mirror.url}b.tgz`) });
    mirror.serve('/b.tgz', { kind: 'good', body: BODY });
    const own = await locateTarball({ name: 'b', version: '1.0.0' }, PATIENCE, config);
    await download(own, quiet, PATIENCE);
    expect(mirror.headers.map((headers) => headers.authorization)).toEqual([
      'Bearer secret',
      'Bearer secret',
    ]);
    mirror.serve('/b/1.0.0', { kind: 'good', body: about('http://elsewhere.example/b.tgz') });
    const foreign = await locateTarball({ name: 'b', version: '1.0.0' }, PATIENCE, config);
    expect(foreign.headers).toBeUndefined();
  });

  it('is named with its answer when it refuses', async () => {
    mirror.serve('/b/1.0.0', { kind: 'status', status: 403, after: 99 });
    await expect(locateTarball({ name: 'b', version: '1.0.0' }, PATIENCE, npm())).rejects.toMatchObject({
      code: 'network',
      message: `${mirror.url}b/1.0.0: the answer 403 Forbidden`,
    });
  });
});

describe('credentials in .npmrc', () => {
  const npmrc = [
    '; a comment',
    '//other.example/:_authToken=wrong',
    '//npm.example/:_authToken = general',
    '//npm.example/team/:_authToken=${TOKEN}',
    '//basic.example/:_auth="dXNlcjpwYXNz"',
  ].join('\n');

  it.each([
    ['https://npm.example/', 'Bearer general'],
    ['https://npm.example/team/', 'Bearer from-env'],
    ['https://basic.example/', 'Basic dXNlcjpwYXNz'],
    ['https://registry.npmjs.org/', undefined],
    ['https://npm.example.org/', undefined],
  ])('%s', (registry, expected) => {
    expect(findAuthorization(registry, npmrc, { TOKEN: 'from-env' })).toBe(expected);
  });
});
