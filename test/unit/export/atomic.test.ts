import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CARD_FILE, CARD_FORMAT, makeFolder } from '../../../main/export/atomic.ts';
import { toFailure } from '../../../shared/errors.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'twofold-export-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

const CARD = JSON.stringify({ format: CARD_FORMAT });

/** Writes a small export with a file that tells it apart. */
const small =
  (content: string) =>
  async (folder: string): Promise<void> => {
    await writeFile(join(folder, CARD_FILE), CARD);
    await writeFile(join(folder, 'content'), content);
  };

test('the folder is there only when it is complete', async () => {
  const target = join(parent, 'deep', 'out');
  await makeFolder(target, { force: false }, async (folder) => {
    expect(existsSync(target)).toBe(false);
    await small('new')(folder);
  });
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('new');
  expect(readdirSync(join(parent, 'deep'))).toEqual(['out']);
});

test('a target that is there is refused and untouched; force replaces an export', async () => {
  const target = join(parent, 'out');
  await makeFolder(target, { force: false }, small('old'));
  await expect(makeFolder(target, { force: false }, small('new'))).rejects.toMatchObject({ code: 'exists' });
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('old');
  await makeFolder(target, { force: true }, small('new'));
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('new');
  expect(readdirSync(parent)).toEqual(['out']);
});

test('force never replaces what is not an export', async () => {
  const target = join(parent, 'documents');
  mkdirSync(target);
  writeFileSync(join(target, 'thesis.txt'), 'years of work');
  await expect(makeFolder(target, { force: true }, small('new'))).rejects.toMatchObject({ code: 'exists' });
  expect(readdirSync(target)).toEqual(['thesis.txt']);
  const file = join(parent, 'file');
  writeFileSync(file, CARD);
  await expect(makeFolder(file, { force: true }, small('new'))).rejects.toMatchObject({ code: 'exists' });
});

test('after a failure nothing is left and the old export is whole', async () => {
  const target = join(parent, 'out');
  await makeFolder(target, { force: false }, small('old'));
  const failing = async (folder: string): Promise<void> => {
    await small('half')(folder);
    throw new Error('no');
  };
  await expect(makeFolder(target, { force: true }, failing)).rejects.toThrow('no');
  await expect(makeFolder(join(parent, 'other'), { force: false }, failing)).rejects.toThrow('no');
  expect(readdirSync(parent)).toEqual(['out']);
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('old');
});

test('a full disk is said to be one and leaves nothing', async (context) => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', parent], { stdio: 'pipe' });
  } catch {
    context.skip('Mounting a small disk needs root on Linux.');
  }
  try {
    const write = (folder: string): Promise<void> =>
      writeFile(join(folder, 'large'), Buffer.alloc(3_000_000));
    const error: unknown = await makeFolder(join(parent, 'out'), { force: false }, write).catch(
      (thrown: unknown) => thrown,
    );
    expect(toFailure(error).code).toBe('disk-full');
    expect(readdirSync(parent)).toEqual([]);
  } finally {
    execFileSync('umount', ['-l', parent]);
  }
});
