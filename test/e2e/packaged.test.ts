import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainSampleAndExport } from '../kit/window/first-run.ts';
import { isComplaint, ROOT } from '../kit/window/harness.ts';
import { launchPackaged } from '../kit/window/packaged.ts';

/** Runs on Linux alone, where set-up has something to package. */
const onLinux = process.platform === 'linux';
/** As fuses are written into the program. */
const [OFF, ON] = ['0', '1'].map((digit) => digit.charCodeAt(0));
const PACKAGING_MS = 600_000;

let folder: string;
let unpacked: string;

beforeAll(async () => {
  if (!onLinux) return;
  folder = await mkdtemp(join(tmpdir(), 'twofold-packaged-'));
  // Far from the repository: nothing of it can be found by going up.
  await promisify(execFile)('npx', ['tsx', 'scripts/dist.ts', '--dir', '--out', folder], { cwd: ROOT });
  unpacked = join(folder, 'linux-unpacked');
}, PACKAGING_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.runIf(onLinux)('the packaged app', () => {
  it('has fuses that prevent running it as plain Node and debugging it', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'twofold'));
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    for (const fuse of off) expect(wire[fuse], FuseV1Options[fuse]).toBe(OFF);
    expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(ON);
    expect(wire[FuseV1Options.EnableCookieEncryption]).toBe(ON);
  });

  it('contains what it needs to run, and no sources', async () => {
    const resources = join(unpacked, 'resources');
    expect((await readdir(resources)).sort()).toEqual([
      'LICENSE',
      'THIRD_PARTY.md',
      'app.asar',
      'app.asar.unpacked',
      'jpeg',
      'samples',
      'unseen',
      'weights',
    ]);
    const files = listPackage(join(resources, 'app.asar'), { isPack: false });
    expect(files).toContain('/dist/main/app.js');
    expect(files.filter((file) => /\.(ts|map|svelte)$|^\/(main|renderer|test)\//.test(file))).toEqual([]);
    // TensorFlow's libraries are beside it.
    expect((await stat(join(resources, 'app.asar'))).size).toBeLessThan(40e6);
  });

  it('starts in an empty home, trains on the sample pictures and exports a model with the same predictions', async () => {
    const home = join(folder, 'home');
    await mkdir(home);
    const { page, stderr, close } = await launchPackaged(join(unpacked, 'twofold'), {
      cwd: folder,
      env: { HOME: home },
    });
    await trainSampleAndExport(page, join(home, 'web'));
    await close();
    expect(stderr().split('\n').filter(isComplaint)).toEqual([]);
  }, 500_000);
});
