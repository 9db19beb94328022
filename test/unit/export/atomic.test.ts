import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { link, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createExportFolder } from '../../../main/files/atomic-folder.ts';
import { CARD_FILE, CARD_FORMAT } from '../../../main/files/export-marks.ts';
import { toFailure } from '../../../shared/errors.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'twofold-export-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

/** A user without rights. */
const NOBODY = 65534;
const CARD = JSON.stringify({ format: CARD_FORMAT });

/** Writes a small export with a file that tells it apart. */
const small =
  (content: string) =>
  async (folder: string): Promise<void> => {
    await writeFile(join(folder, CARD_FILE), CARD);
    await writeFile(join(folder, 'content'), content);
  };

test('the folder appears only when it is complete', async () => {
  const target = join(parent, 'deep', 'out');
  await createExportFolder(target, { force: false }, async (folder) => {
    expect(existsSync(target)).toBe(false);
    await small('new')(folder);
  });
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('new');
  expect(readdirSync(join(parent, 'deep'))).toEqual(['out']);
});

test('an existing target is refused and unchanged; force replaces an export', async () => {
  const target = join(parent, 'out');
  await createExportFolder(target, { force: false }, small('old'));
  await expect(createExportFolder(target, { force: false }, small('new'))).rejects.toMatchObject({
    code: 'exists',
  });
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('old');
  await createExportFolder(target, { force: true }, small('new'));
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('new');
  expect(readdirSync(parent)).toEqual(['out']);
});

test('force never replaces what is not an export', async () => {
  const target = join(parent, 'documents');
  mkdirSync(target);
  writeFileSync(join(target, 'thesis.txt'), 'years of work');
  await expect(createExportFolder(target, { force: true }, small('new'))).rejects.toMatchObject({
    code: 'exists',
  });
  expect(readdirSync(target)).toEqual(['thesis.txt']);
  const file = join(parent, 'file');
  writeFileSync(file, CARD);
  await expect(createExportFolder(file, { force: true }, small('new'))).rejects.toMatchObject({
    code: 'exists',
  });
  // Nor is it suggested.
  await expect(createExportFolder(target, { force: false }, small('new'))).rejects.toThrow(/is not replaced/);
});

test('a folder below a file is refused with the reason', async () => {
  writeFileSync(join(parent, 'file'), '');
  for (const target of ['file/out', 'file/deep/out']) {
    await expect(
      createExportFolder(join(parent, target), { force: false }, small('new')),
    ).rejects.toMatchObject({
      code: 'bad-input',
    });
  }
});

test('after a failure nothing is left and the old export is intact', async () => {
  const target = join(parent, 'out');
  await createExportFolder(target, { force: false }, small('old'));
  const failing = async (folder: string): Promise<void> => {
    await small('half')(folder);
    throw new Error('no');
  };
  await expect(createExportFolder(target, { force: true }, failing)).rejects.toThrow('no');
  await expect(
    createExportFolder(join(parent, 'deep', 'er', 'other'), { force: false }, failing),
  ).rejects.toThrow('no');
  expect(readdirSync(parent)).toEqual(['out']);
  expect(readFileSync(join(target, 'content'), 'utf8')).toBe('old');
});

test('links to read-only files can be included', async () => {
  const original = join(parent, 'original');
  writeFileSync(original, 'a picture', { mode: 0o444 });
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    // Who is root may change everything.
    for (const path of [parent, original]) chownSync(path, NOBODY, NOBODY);
    process.seteuid!(NOBODY);
  }
  try {
    await createExportFolder(join(parent, 'out'), { force: false }, async (folder) => {
      await small('new')(folder);
      await link(original, join(folder, 'picture'));
    });
  } finally {
    if (isRoot) process.seteuid!(0);
  }
  expect(readFileSync(join(parent, 'out', 'picture'), 'utf8')).toBe('a picture');
});

describe('a process that is killed in the middle', () => {
  const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  /** Another process that has written half an export to `target` and goes on. */
  async function halfway(target: string, force = false): Promise<ChildProcess> {
    const program = `
      const { createExportFolder } = await import(${JSON.stringify(join(ROOT, 'main/files/atomic-folder.ts'))});
      const { writeFileSync } = await import('node:fs');
      await createExportFolder(${JSON.stringify(target)}, { force: ${force} }, async (folder) => {
        writeFileSync(folder + '/half', 'half');
        console.log('half');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  const kill = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };

  test('leaves a folder that the next export to the same place removes, and no other', async () => {
    const [target, other] = [join(parent, 'out'), join(parent, 'out.2')];
    await kill(await halfway(target));
    await kill(await halfway(other));
    expect(readdirSync(parent)).toHaveLength(2);
    await createExportFolder(target, { force: false }, small('new'));
    expect(readdirSync(parent)).toEqual([expect.stringMatching(/^\.out\.2\./), 'out']);
  });

  test('while it runs, its folder is not removed', async () => {
    const target = join(parent, 'out');
    await halfway(target);
    const [temporary] = readdirSync(parent);
    await createExportFolder(target, { force: false }, small('new'));
    expect(readFileSync(join(parent, temporary!, 'half'), 'utf8')).toBe('half');
    // Nor does this process take its own for a left-over.
    await createExportFolder(target, { force: true }, async (folder) => {
      await createExportFolder(target, { force: true }, small('in between'));
      await small('last')(folder);
    });
    expect(readFileSync(join(target, 'content'), 'utf8')).toBe('last');
  });

  test('an old export that was moved aside is restored', async () => {
    const target = join(parent, 'out');
    await createExportFolder(target, { force: false }, small('old'));
    await kill(await halfway(target, true));
    const temporary = readdirSync(parent).find((name) => name.endsWith('.part'))!;
    renameSync(target, join(parent, `${temporary}.old`));
    await expect(createExportFolder(target, { force: false }, small('new'))).rejects.toMatchObject({
      code: 'exists',
    });
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readFileSync(join(target, 'content'), 'utf8')).toBe('old');
  });
});

test('a full disk is reported as such and leaves nothing', async (context) => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', parent], { stdio: 'pipe' });
  } catch {
    context.skip('Mounting a small disk needs root on Linux.');
  }
  try {
    const write = (folder: string): Promise<void> =>
      writeFile(join(folder, 'large'), Buffer.alloc(3_000_000));
    const error: unknown = await createExportFolder(join(parent, 'out'), { force: false }, write).catch(
      (thrown: unknown) => thrown,
    );
    expect(toFailure(error).code).toBe('disk-full');
    expect(readdirSync(parent)).toEqual([]);
  } finally {
    execFileSync('umount', ['-l', parent]);
  }
});
