import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackTar, unpackZip } from '../../scripts/setup/unpack.ts';

let folder: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twofold-unpack-'));
  source = join(folder, 'source');
  mkdirSync(join(source, 'lib'), { recursive: true });
  writeFileSync(join(source, 'lib', 'real.so.2'), 'library');
  writeFileSync(join(source, 'program'), 'run', { mode: 0o755 });
  symlinkSync('real.so.2', join(source, 'lib', 'real.so'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A zip with Unix permissions and symbolic links, as Electron's releases are made. */
const ZIP = `
import os, sys, zipfile
source, target, evil = sys.argv[1:]
with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
    for base, _, names in os.walk(source):
        for name in names:
            path = os.path.join(base, name)
            info = zipfile.ZipInfo(os.path.relpath(path, source))
            link = os.path.islink(path)
            info.external_attr = os.lstat(path).st_mode << 16
            archive.writestr(info, os.readlink(path) if link else open(path, 'rb').read())
    if evil: archive.writestr(evil, 'evil')
`;
function makeZip(evil = ''): string {
  const path = join(folder, 'a.zip');
  execFileSync('python3', ['-c', ZIP, source, path, evil]);
  return path;
}

function expectWhole(target: string): void {
  expect(readFileSync(join(target, 'lib', 'real.so'), 'utf8')).toBe('library');
  expect(lstatSync(join(target, 'lib', 'real.so')).isSymbolicLink()).toBe(true);
  expect(statSync(join(target, 'program')).mode & 0o111).toBe(0o111);
}

describe('unpacking', () => {
  it.each(['tar', 'tar.gz', 'tar.br'])('a %s whose paths begin with ./', async (ending) => {
    const archive = join(folder, `a.${ending}`);
    execFileSync('tar', [ending === 'tar.gz' ? '-czf' : '-cf', archive, '-C', source, '.']);
    if (ending === 'tar.br') writeFileSync(archive, brotliCompressSync(readFileSync(archive)));
    const target = join(folder, 'target');
    await unpackTar(archive, target, (path) => path);
    expectWhole(target);
  });

  it('a part of a tar file, under another name', async () => {
    const archive = join(folder, 'a.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', source, 'lib', 'program']);
    const target = join(folder, 'target');
    await unpackTar(archive, target, (path) => (path.startsWith('lib/') ? path.slice(4) : undefined));
    expect(readdirSync(target).sort()).toEqual(['real.so', 'real.so.2']);
  });

  it('a zip', async () => {
    const target = join(folder, 'target');
    const seen: string[] = [];
    await unpackZip(
      makeZip(),
      target,
      (path) => path,
      (done, total) => seen.push(`${done}/${total}`),
    );
    expectWhole(target);
    expect(seen).toEqual(['1/3', '2/3', '3/3']);
  });

  it('nothing outside its folder', async () => {
    const target = join(folder, 'target');
    await expect(
      unpackZip(
        makeZip('../evil'),
        target,
        (path) => path,
        () => undefined,
      ),
    ).rejects.toThrow();
    expect(existsSync(join(folder, 'evil'))).toBe(false);
  });

  it('a broken archive with an error', async () => {
    const archive = join(folder, 'a.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', source, '.']);
    writeFileSync(archive, readFileSync(archive).subarray(0, 60));
    await expect(unpackTar(archive, join(folder, 'target'), (path) => path)).rejects.toThrow();
  });
});
