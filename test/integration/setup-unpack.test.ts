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

/** A zip with Unix permissions and symbolic links, like Electron's releases, and additional entries. */
const ZIP = `
import json, os, sys, zipfile
source, target, extra = sys.argv[1:]
with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
    for base, _, names in os.walk(source):
        for name in names:
            path = os.path.join(base, name)
            info = zipfile.ZipInfo(os.path.relpath(path, source))
            link = os.path.islink(path)
            info.external_attr = os.lstat(path).st_mode << 16
            archive.writestr(info, os.readlink(path) if link else open(path, 'rb').read())
    for path, link, content in json.loads(extra):
        info = zipfile.ZipInfo(path)
        info.external_attr = (0o120777 if link else 0o100644) << 16
        archive.writestr(info, content)
`;
/** An entry to add: a file with its content, or a symbolic or hard link with its target. */
type Extra = [path: string, link: '' | 'symbolic' | 'hard', content: string];

function makeZip(extra: Extra[] = []): string {
  const path = join(folder, 'a.zip');
  execFileSync('python3', ['-c', ZIP, source, path, JSON.stringify(extra)]);
  return path;
}

const TAR = `
import io, json, sys, tarfile
target, extra = sys.argv[1:]
with tarfile.open(target, 'w:gz') as archive:
    for path, link, content in json.loads(extra):
        info = tarfile.TarInfo(path)
        if link:
            info.type = tarfile.SYMTYPE if link == 'symbolic' else tarfile.LNKTYPE
            info.linkname = content
        else:
            info.size = len(content)
        archive.addfile(info, io.BytesIO(content.encode()))
`;
function makeTar(extra: Extra[]): string {
  const path = join(folder, 'evil.tar.gz');
  execFileSync('python3', ['-c', TAR, path, JSON.stringify(extra)]);
  return path;
}

const unzip = (archive: string, target: string): Promise<void> => unpackZip(archive, target, (path) => path);

function expectWhole(target: string): void {
  expect(readFileSync(join(target, 'lib', 'real.so'), 'utf8')).toBe('library');
  expect(lstatSync(join(target, 'lib', 'real.so')).isSymbolicLink()).toBe(true);
  expect(statSync(join(target, 'program')).mode & 0o111).toBe(0o111);
}

describe('unpacking', () => {
  it.each(['tar', 'tar.gz'])('a %s with paths that begin with ./', async (ending) => {
    const archive = join(folder, `a.${ending}`);
    execFileSync('tar', [ending === 'tar.gz' ? '-czf' : '-cf', archive, '-C', source, '.']);
    const target = join(folder, 'target');
    await unpackTar(archive, target);
    expectWhole(target);
  });

  it('a part of a tar file, without its leading folder', async () => {
    const archive = join(folder, 'a.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', source, 'lib', 'program']);
    const target = join(folder, 'target');
    await unpackTar(archive, target, 1, (path) => path.startsWith('lib/'));
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

  /** Each would put a file named `evil` next to the target, or let a later entry do so. */
  const outside: [string, Extra[]][] = [
    ['a path upwards', [['../evil', '', 'evil']]],
    ['a path upwards from a folder', [['lib/../../evil', '', 'evil']]],
    [
      'a file behind a link upwards',
      [
        ['way', 'symbolic', '..'],
        ['way/evil', '', 'evil'],
      ],
    ],
    ['a link to an absolute path', [['way', 'symbolic', '/etc']]],
    ['a link upwards from a folder', [['lib/way', 'symbolic', '../../source/program']]],
  ];

  it.each(outside)('nothing from a zip outside its folder: %s', async (_, extra) => {
    await expect(unzip(makeZip(extra), join(folder, 'target'))).rejects.toThrow(/leads out|invalid relative/);
    expect(existsSync(join(folder, 'evil'))).toBe(false);
  });

  it.each([...outside, ['a hard link upwards', [['way', 'hard', '../source/program']]] as [string, Extra[]]])(
    'nothing from a tar outside its folder: %s',
    async (_, extra) => {
      const target = join(folder, 'target');
      await expect(unpackTar(makeTar(extra), target)).rejects.toMatchObject({ code: 'corrupt' });
      expect(existsSync(join(folder, 'evil'))).toBe(false);
      const way = lstatSync(join(target, 'way'), { throwIfNoEntry: false });
      expect(way?.isSymbolicLink() ?? false).toBe(false);
    },
  );

  it('links within its folder, and names that only look like a path out', async () => {
    const target = join(folder, 'target');
    const extra: Extra[] = [
      ['..data/file', '', 'content'],
      ['lib/up', 'symbolic', '../..data/file'],
    ];
    await unzip(makeZip(extra), target);
    expect(readFileSync(join(target, 'lib', 'up'), 'utf8')).toBe('content');
    rmSync(target, { recursive: true });
    await unpackTar(makeTar(extra), target);
    expect(readFileSync(join(target, 'lib', 'up'), 'utf8')).toBe('content');
  });

  it('a broken archive with an error', async () => {
    const archive = join(folder, 'a.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', source, '.']);
    writeFileSync(archive, readFileSync(archive).subarray(0, 60));
    await expect(unpackTar(archive, join(folder, 'target'))).rejects.toMatchObject({ code: 'corrupt' });
  });
});
