import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPipConfig } from '../../scripts/setup/pip-config.ts';
import { locateWheel } from '../../scripts/setup/pypi.ts';
import { startMirror, type Mirror } from '../kit/setup-mirror.ts';

const PATIENCE = { answerMs: 1_000, stallMs: 400, attempts: 2, pauseMs: 10 };
const WHEEL = {
  project: 'some-library',
  file: 'some_library-1.0-py3.whl',
  integrity: 'sha256-AAAA',
} as const;

let mirror: Mirror;
let folder: string;
beforeEach(async () => {
  mirror = await startMirror();
  folder = mkdtempSync(join(tmpdir(), 'twofold-pypi-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await mirror.close();
});

const serveIndex = (path: string, body: string): void =>
  mirror.serve(`${path}some-library/`, { kind: 'good', body: Buffer.from(body) });
const locate = (...indexes: string[]) => locateWheel(WHEEL, PATIENCE, { indexes, cafile: undefined });

describe('a file of the Python Package Index', () => {
  it('is found in an index that answers in JSON', async () => {
    serveIndex(
      '/simple/',
      JSON.stringify({
        files: [
          { filename: 'some_library-0.9-py3.whl', url: '/old' },
          { filename: WHEEL.file, url: '/new' },
        ],
      }),
    );
    expect(await locate(`${mirror.url}simple/`)).toMatchObject({
      url: `${mirror.url}new`,
      file: WHEEL.file,
      integrity: WHEEL.integrity,
    });
    expect(mirror.headers[0]?.accept).toContain('application/vnd.pypi.simple.v1+json');
  });

  it('is found in an index that only has HTML, with relative links', async () => {
    serveIndex(
      '/simple/',
      `<html><a href="../../packages/${WHEEL.file}#sha256=0">${WHEEL.file}</a><br/></html>`,
    );
    expect((await locate(`${mirror.url}simple/`)).url).toBe(`${mirror.url}packages/${WHEEL.file}#sha256=0`);
  });

  it('is looked for in the next index where the first has none, with each index\u2019s own credentials', async () => {
    serveIndex('/one/', '{"files": []}');
    serveIndex('/two/', JSON.stringify({ files: [{ filename: WHEEL.file, url: '/file' }] }));
    const host = mirror.url.replace('http://', '');
    const found = await locate(`${mirror.url}one/`, `http://me:a%20secret@${host}two/`);
    const authorization = `Basic ${Buffer.from('me:a secret').toString('base64')}`;
    expect(mirror.headers.map((headers) => headers.authorization)).toEqual([undefined, authorization]);
    expect(found.url).toBe(`${mirror.url}file`);
    await found.send!(found.url, {}, AbortSignal.timeout(1000));
    expect(mirror.headers[2]?.authorization).toBe(authorization);
  });

  it('is downloaded from another host without the credentials', async () => {
    const other = await startMirror();
    const elsewhere = `${other.url}file`;
    serveIndex('/simple/', JSON.stringify({ files: [{ filename: WHEEL.file, url: elsewhere }] }));
    const found = await locate(mirror.url.replace('http://', 'http://me:secret@') + 'simple/');
    expect(found.url).toBe(elsewhere);
    await found.send!(found.url, {}, AbortSignal.timeout(1000));
    expect(other.headers[0]?.authorization).toBeUndefined();
    await other.close();
  });

  it('fails with the response of every index', async () => {
    serveIndex('/one/', '{"files": []}');
    await expect(locate(`${mirror.url}one/`, `${mirror.url}two/`)).rejects.toThrow(
      `${mirror.url}one/some-library/: the index does not have ${WHEEL.file}; ${mirror.url}two/some-library/: the server answered 404 Not Found`,
    );
  });
});

describe("pip's configuration", () => {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('defaults to the public index', () => {
    expect(readPipConfig({}, [join(folder, 'none.conf')])).toEqual({
      indexes: ['https://pypi.org/simple/'],
      cafile: undefined,
    });
  });

  it('is read from files, where later ones win, without settings of other commands', () => {
    const files = [
      file('site.conf', '[global]\nindex-url = https://site.example/simple\ncert: /etc/site.pem\n'),
      file(
        'user.conf',
        '# mine\n[global]\nindex_url = https://user.example/simple/\nextra-index-url =\n    https://more.example/a\n    file:///opt/wheels\n\n[install]\nindex-url = https://other.example\n',
      ),
    ];
    expect(readPipConfig({}, files)).toEqual({
      indexes: ['https://user.example/simple/', 'https://more.example/a/'],
      cafile: '/etc/site.pem',
    });
  });

  it('is overridden by the environment', () => {
    const files = [file('pip.conf', '[global]\nindex-url = https://file.example/simple\n')];
    const env = { PIP_INDEX_URL: 'https://env.example/simple', PIP_CERT: '/ca.pem' };
    expect(readPipConfig(env, files)).toEqual({
      indexes: ['https://env.example/simple/'],
      cafile: '/ca.pem',
    });
  });
});
