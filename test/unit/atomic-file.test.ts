import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  removeTemporaries,
  replaceFile,
  replaceFileSync,
  writeAtomically,
} from '../../main/files/atomic-file.ts';
import { writeNpy } from '../../main/files/npy.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twofold-files-'));
  file = join(folder, 'file');
  writeFileSync(file, 'old');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Each way to write `new` to `file`, seeing what is there meanwhile. */
const WRITERS: [string, (meanwhile: () => void) => Promise<unknown>][] = [
  [
    'replaceFile',
    (meanwhile) => replaceFile(file, (temporary) => writeFile(temporary, 'new').then(meanwhile)),
  ],
  [
    'replaceFileSync',
    (meanwhile) =>
      Promise.resolve().then(() =>
        replaceFileSync(file, (temporary) => {
          writeFileSync(temporary, 'new');
          meanwhile();
        }),
      ),
  ],
  [
    'writeAtomically',
    (meanwhile) => writeAtomically(file, (handle) => handle.writeFile('new').then(meanwhile)),
  ],
];

describe.each(WRITERS)('%s', (_, write) => {
  test('keeps the old content until the new is complete', async () => {
    await write(() => expect(readFileSync(file, 'utf8')).toBe('old'));
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('keeps the old content and leaves nothing behind when writing fails', async () => {
    const fail = (): never => {
      throw new Error('no');
    };
    await expect(write(fail)).rejects.toThrow('no');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

test('left-overs of a killed writer are removed, and nothing else', async () => {
  for (const name of ['.twofold-0123456789ab.tmp', '.twofold-mine.tmp', 'other.tmp'])
    writeFileSync(join(folder, name), '');
  await removeTemporaries(folder);
  expect(readdirSync(folder).sort()).toEqual(['.twofold-mine.tmp', 'file', 'other.tmp']);
});

test('a NumPy file has the shape that was written, not the upper bound', async () => {
  const shape = await writeNpy(file, 100, [2], async (append) => {
    await append(Float32Array.of(1, 2, 3, 4));
    await append(Float32Array.of(5, 6));
  });
  expect(shape).toEqual([3, 2]);
  const bytes = readFileSync(file);
  expect(bytes.toString('latin1', 10, 74)).toContain("'shape': (3, 2,)");
  expect([...new Float32Array(bytes.buffer.slice(bytes.byteOffset + bytes.length - 24))].slice(0, 6)).toEqual(
    [1, 2, 3, 4, 5, 6],
  );
});
