import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../scripts/setup/download.ts';
import { fetchHeaders } from '../../scripts/setup/node-headers.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { locateTarball } from '../../scripts/setup/npm.ts';
import { firstThatWorks } from '../../scripts/setup/sources.ts';
import { ROOT } from '../../scripts/setup/step.ts';
import { installTensorflow } from '../../scripts/setup/tensorflow.ts';
import { unpackTar } from '../../scripts/setup/unpack.ts';
import { sha512, startMirror, type Behaviour, type Mirror } from '../kit/setup-mirror.ts';

const PATIENCE = { answerMs: 1_000, stallMs: 400, attempts: 2, pauseMs: 10 };
const quiet = new ProgressPrinter({ write: () => undefined });

let mirror: Mirror;
let folder: string;

beforeEach(async () => {
  mirror = await startMirror();
  folder = mkdtempSync(join(tmpdir(), 'twofold-sources-'));
  vi.stubEnv('TWOFOLD_CACHE', join(folder, 'cache'));
  vi.stubEnv('npm_config_registry', `${mirror.url}npm/`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await mirror.close();
});

/** A tar.gz of `files`, path and content. */
function pack(files: Record<string, string | Buffer>): Buffer {
  const source = mkdtempSync(join(folder, 'pack-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), content);
  }
  const archive = join(folder, 'pack.tar.gz');
  execFileSync('tar', ['-czf', archive, '-C', source, ...readdirSync(source)]);
  return readFileSync(archive);
}

/** Publishes a package on the registry. */
function publish(name: string, version: string, tarball: Buffer): void {
  const dist = { tarball: `${mirror.url}npm/${name}.tgz`, integrity: sha512(tarball) };
  const about = { name, 'dist-tags': {}, versions: { [version]: { name, version, dist } } };
  mirror.serve(`/npm/${name}`, { kind: 'good', body: Buffer.from(JSON.stringify(about)) });
  mirror.serve(`/npm/${name}.tgz`, { kind: 'good', body: tarball });
}

const asked = (path: string): number =>
  mirror.requests.filter((request) => request.startsWith(`${path} `)).length;

describe('a library with an official server and an npm package', () => {
  const LIBRARY = randomBytes(200_000);

  /** As every step does: download, unpack, and the second source when the first fails. */
  async function install(official: Buffer): Promise<string> {
    const from = (name: string, fetch: () => Promise<string>) => ({
      name,
      install: async () => {
        await unpackTar(await fetch(), join(folder, 'installed'), 1);
        return name;
      },
    });
    const url = `${mirror.url}official.tgz`;
    return firstThatWorks('The library', [
      from('its own server', () =>
        download({ url, file: 'official.tgz', integrity: sha512(official) }, quiet, PATIENCE),
      ),
      from('the npm registry', async () =>
        download(await locateTarball({ name: 'library', version: '1.0.0' }, PATIENCE), quiet, PATIENCE),
      ),
    ]);
  }
  const installed = (): Buffer => readFileSync(join(folder, 'installed', 'library.so'));

  it('comes from the official server, and no other is asked', async () => {
    const official = pack({ 'lib/library.so': LIBRARY });
    mirror.serve('/official.tgz', { kind: 'good', body: official });
    expect(await install(official)).toBe('its own server');
    expect(installed().equals(LIBRARY)).toBe(true);
    expect(mirror.requests).toEqual(['/official.tgz whole']);
    // The second time it comes from the cache.
    expect(await install(official)).toBe('its own server');
    expect(mirror.requests).toHaveLength(1);
  });

  it.each<[string, (body: Buffer) => Behaviour, number]>([
    ['refuses', () => ({ kind: 'status', status: 403, after: 99 }), 1],
    ['does not have it', () => ({ kind: 'status', status: 404, after: 99 }), 1],
    ['breaks off each time', (body) => ({ kind: 'truncated', body, bytes: 0, after: 99 }), 2],
    ['stalls each time', (body) => ({ kind: 'stalled', body, bytes: 1000, after: 99 }), 2],
    ['does not respond', () => ({ kind: 'silent' }), 2],
    ['has another file', (body) => ({ kind: 'good', body: body.subarray(1) }), 2],
  ])('comes from the registry when the official server %s', async (_, behaviour, tries) => {
    const official = pack({ 'lib/library.so': LIBRARY });
    mirror.serve('/official.tgz', behaviour(official));
    publish('library', '1.0.0', pack({ 'package/library.so': LIBRARY }));
    expect(await install(official)).toBe('the npm registry');
    expect(installed().equals(LIBRARY)).toBe(true);
    expect(asked('/official.tgz')).toBe(tries);
  });
});

describe("Node's C headers", () => {
  const OFFICIAL = `/v${process.versions.node}`;
  const ARCHIVE = `node-v${process.versions.node}-headers.tar.gz`;
  const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const headers = (root: string): Buffer =>
    pack({
      [`${root}/include/node/node_version.h`]: `#define NODE_MAJOR_VERSION ${process.versions.node.split('.')[0]}\n`,
      [`${root}/include/node/common.gypi`]: '{}',
    });
  const serveOfficial = (archive: Buffer, sum = createHash('sha256').update(archive).digest('hex')): void => {
    mirror.serve(`${OFFICIAL}/${ARCHIVE}`, { kind: 'good', body: archive });
    mirror.serve(`${OFFICIAL}/SHASUMS256.txt`, { kind: 'good', body: Buffer.from(`${sum}  ${ARCHIVE}\n`) });
  };
  beforeEach(() => {
    vi.stubEnv('NODEJS_ORG_MIRROR', mirror.url);
  });
  const expectHeaders = (place: string): void => {
    expect(place.startsWith(join(folder, 'cache'))).toBe(true);
    expect(existsSync(join(place, 'include', 'node', 'node_version.h'))).toBe(true);
  };

  it('come from the official server', async () => {
    serveOfficial(headers(`node-v${process.versions.node}`));
    expectHeaders(await fetchHeaders(quiet, PATIENCE));
    expect(asked(`/npm/${PACKAGE}`)).toBe(0);
  });

  it.each([
    ['refuses', () => undefined],
    ['sends a file with another checksum', () => serveOfficial(headers('other'), '0'.repeat(64))],
  ])('come from the registry when the official server %s', async (_, serve) => {
    serve();
    publish(PACKAGE, process.versions.node, headers('package'));
    expectHeaders(await fetchHeaders(quiet, PATIENCE));
    expect(asked(`${OFFICIAL}/${ARCHIVE}`)).toBeGreaterThan(0);
  });

  it('fail with a message that names both sources', async () => {
    mirror.serve(`${OFFICIAL}/${ARCHIVE}`, { kind: 'status', status: 403, after: 99 });
    const failure: unknown = await fetchHeaders(quiet, PATIENCE).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'network' });
    const { message } = failure as Error;
    expect(message).toMatch(/^Node's C headers could not be installed\.\n {2}from nodejs\.org: .*403/);
    expect(message).toMatch(/\n {2}from the npm registry \(node-[a-z]+-\w+\): .*404 Not Found.*\n/);
    expect(message.split('\n')).toHaveLength(4);
  });
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('TensorFlow', () => {
  beforeEach(() => {
    vi.stubEnv('TFJS_NODE_CDN_STORAGE', mirror.url);
    vi.stubEnv('PIP_INDEX_URL', `${mirror.url}simple`);
    vi.stubEnv('PIP_EXTRA_INDEX_URL', '');
  });

  it('that is installed and works is kept as a fallback, with the reason, when the wheel is out of reach', async () => {
    // A link, so that TensorFlow finds what it requires.
    const installed = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-node');
    const target = join(folder, 'tfjs-node');
    symlinkSync(installed, target);
    const before = statSync(join(installed, 'deps')).ctimeMs;
    const { outcome, isFallback } = await installTensorflow(target, quiet, PATIENCE);
    expect(isFallback).toBe(true);
    expect(outcome).toMatch(
      /^TensorFlow 2\.\d+\.\d+: already installed, as a fallback\. To try again, run "npm run setup"; .* tomorrow\.\n/,
    );
    expect(outcome).toContain('  from the Python Package Index (tensorflow-cpu): ');
    expect(outcome).toContain('the server answered 404 Not Found');
    expect(statSync(join(installed, 'deps')).ctimeMs).toBe(before);
    // Not downloaded again.
    expect(mirror.requests.filter((request) => request.includes('libtensorflow'))).toEqual([]);
  });

  it('fails with a message that names both sources, their responses and what to do', async () => {
    const file = 'tensorflow_cpu-2.15.1-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl';
    const index = { files: [{ filename: file, url: `/files/${file}` }] };
    mirror.serve('/simple/tensorflow-cpu/', { kind: 'good', body: Buffer.from(JSON.stringify(index)) });
    mirror.serve(`/files/${file}`, { kind: 'good', body: Buffer.from('another wheel') });
    const library = '/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz';
    mirror.serve(library, { kind: 'status', status: 403, after: 99 });
    const target = join(folder, 'tfjs-node');
    const failure: unknown = await installTensorflow(target, quiet, PATIENCE).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'network' });
    const { message } = failure as Error;
    expect(message).toContain('from the Python Package Index (tensorflow-cpu): ');
    expect(message).toContain('wrong checksum (expected sha256-upUD2yxTV+ohk4VVMjWB+9q/PQUba8G19zxbCuA00Hc=');
    expect(message).toContain(
      `from TensorFlow's own server: ${mirror.url.slice(0, -1)}${library}: the server answered 403 Forbidden`,
    );
    expect(message).toContain('run the same command again');
    expect(existsSync(target)).toBe(false);
  });
});
