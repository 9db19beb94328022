import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainSampleAndExport } from '../kit/window/first-run.ts';
import { isComplaint } from '../kit/window/harness.ts';
import { launchPackaged } from '../kit/window/packaged.ts';

/*
 * Installs a .deb as a person would, and so changes this machine: it runs only when asked to, as root, with the package in
 * TWOFOLD_TEST_DEB (see docs/packaging.md).
 */

const DEB = process.env.TWOFOLD_TEST_DEB;
const USER = 'twofold-test';
const INSTALL_MS = 600_000;

const run = promisify(execFile);
const apt = (...args: string[]): Promise<unknown> =>
  run('apt-get', [...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });

/** What the package puts outside its own folder. */
const TRACES = [
  '/usr/bin/twofold',
  '/usr/share/applications/twofold.desktop',
  '/usr/share/icons/hicolor/512x512/apps/twofold.png',
];

describe.runIf(DEB !== undefined && process.getuid?.() === 0)('the package for Debian', () => {
  let home: string;

  beforeAll(async () => {
    await run('useradd', ['--create-home', '--home-dir', `/home/${USER}`, USER]);
    home = `/home/${USER}`;
    // apt reads packages as a user of its own.
    const folder = await mkdtemp(join(tmpdir(), 'twofold-deb-'));
    await chmod(folder, 0o755);
    const file = join(folder, basename(DEB!));
    await copyFile(resolve(DEB!), file);
    await apt('install', '--yes', '--no-install-recommends', file);
    await rm(folder, { recursive: true });
  }, INSTALL_MS);

  afterAll(async () => {
    if (existsSync('/opt/Twofold')) await apt('purge', '--yes', 'twofold');
    // Where a test failed, the app still runs.
    await run('pkill', ['-KILL', '-u', USER]).catch(() => undefined);
    await run('userdel', ['--remove', USER]).catch(() => undefined);
  }, INSTALL_MS);

  it('installs the program, its icon and its entry in the menu', async () => {
    expect(TRACES.filter((path) => !existsSync(path))).toEqual([]);
    expect(await readFile(TRACES[1]!, 'utf8')).toContain('Exec=/opt/Twofold/twofold %U');
  });

  it(
    'starts as an unprivileged user in the sandbox, trains on the sample pictures and exports',
    async () => {
      const { page, stderr, close } = await launchPackaged('/usr/bin/twofold', {
        cwd: home,
        env: { HOME: home },
        user: { uid: await idOf('-u'), gid: await idOf('-g') },
      });
      const renderers = await processesOf('--type=renderer');
      expect(renderers.length).toBeGreaterThan(0);
      for (const { status, arguments: args } of renderers) {
        expect(args).not.toContain('--no-sandbox');
        // A filter of system calls, in a process that can't gain rights.
        expect(status).toMatch(/^Seccomp:\t2$/m);
        expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      }
      await trainSampleAndExport(page, join(home, 'web'));
      await close();
      expect(stderr().split('\n').filter(isComplaint)).toEqual([]);
    },
    INSTALL_MS,
  );

  it(
    'is removed with everything that it installed, but not what a person made with it',
    async () => {
      await apt('purge', '--yes', 'twofold');
      expect(
        [...TRACES, '/opt/Twofold', '/etc/apparmor.d/twofold'].filter((path) => existsSync(path)),
      ).toEqual([]);
      expect(await readdir(join(home, 'web'))).toContain('model.json');
    },
    INSTALL_MS,
  );
});

/** The test user's id (`-u`) or that of its group (`-g`). */
const idOf = async (which: '-u' | '-g'): Promise<number> => Number((await run('id', [which, USER])).stdout);

/** The test user's processes with an argument, as the kernel describes them. */
async function processesOf(argument: string): Promise<{ status: string; arguments: string[] }[]> {
  const { stdout } = await run('pgrep', ['-u', USER]);
  const found = await Promise.all(
    stdout
      .trim()
      .split('\n')
      .map(async (id) => ({
        status: await readFile(`/proc/${id}/status`, 'utf8').catch(() => ''),
        arguments: (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).split(/[\0 ]/),
      })),
  );
  return found.filter((each) => each.arguments.includes(argument));
}
