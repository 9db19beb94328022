import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runOrThrow } from './child.ts';
import { requireCompiler } from './compiler.ts';
import { cacheFolder } from './download.ts';
import { electronProgram, installedElectron } from './electron.ts';
import { draftOf, putInPlace } from './files.ts';
import { hashFile, type Integrity } from './integrity.ts';
import { findHeaders } from './node-headers.ts';
import type { Progress } from './progress.ts';
import { packageVersion, ROOT, type Step } from './step.ts';

const PACKAGE = join(ROOT, 'node_modules', 'better-sqlite3');
const BUILT = join(PACKAGE, 'build', 'Release', 'better_sqlite3.node');
/** Inside the checkout, so that the build finds node-addon-api in node_modules. */
const WORKSHOP = join(ROOT, '.cache', 'build', 'better-sqlite3');
/** What the build took on the machine it was measured on; only the first guess of the time left. */
const USUAL_BUILD_MS = 100_000;

const USE_NEWER_NODE = 'use Node 22.14 or newer, for which nothing has to be built';

/** The SQLite addon: shipped ready for Node ≥ 22.14 and Electron ≥ 35, built once for anything older. */
export const sqliteStep: Step = {
  name: 'sqlite',
  title: 'SQLite',
  purposes: ['cli', 'test', 'app'],
  key: () =>
    `1 better-sqlite3 ${packageVersion('better-sqlite3')} node ${process.version} electron ${installedElectron() ?? 'none'} ${process.platform}-${process.arch}`,
  outputs: () => [PACKAGE],
  install: async (progress) => {
    const runtimes = runtimesToServe();
    progress.stage('Trying SQLite');
    const found = await worksEverywhere(runtimes);
    if (found !== undefined) return `SQLite ${found}${existsSync(BUILT) ? ', built before' : ', as shipped'}`;
    rmSync(join(PACKAGE, 'build'), { recursive: true, force: true }); // built for another runtime: it hides what is shipped
    const shipped = await worksEverywhere(runtimes);
    if (shipped !== undefined) return `SQLite ${shipped}, as shipped`;
    if (await useCached()) {
      const cached = await worksEverywhere(runtimes);
      if (cached !== undefined) return `SQLite ${cached}, built before on this machine`;
    }
    await build(progress);
    progress.stage('Trying SQLite');
    for (const runtime of runtimes) await proveSqlite(runtime);
    await keep();
    return `SQLite ${await proveSqlite(runtimes[0]!)}, built from its source`;
  },
};

/** The programs that must be able to load the addon: this Node, and Electron when it is there. */
function runtimesToServe(): string[] {
  const electron = electronProgram();
  return [process.execPath, ...(existsSync(electron) ? [electron] : [])];
}

/** Version of SQLite when the addon works in each runtime, else undefined. */
async function worksEverywhere(runtimes: readonly string[]): Promise<string | undefined> {
  try {
    let version: string | undefined;
    for (const runtime of runtimes) version = await proveSqlite(runtime);
    return version;
  } catch {
    return undefined;
  }
}

/** Opens a database in memory, in a child process: an addon for another runtime may crash it. */
export async function proveSqlite(runtime: string): Promise<string> {
  const script = `const Database = require(process.argv[1]); console.log(new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get());`;
  return runOrThrow('SQLite was built but does not work', runtime, ['-e', script, PACKAGE], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    timeoutMs: 60_000,
  });
}

async function build(progress: Progress): Promise<void> {
  // On Windows node-gyp looks for Visual Studio itself, and says what it lacks.
  if (process.platform !== 'win32') {
    await requireCompiler('SQLite', ['c++', 'make', 'python3'], progress, USE_NEWER_NODE);
  }
  const headers = await findHeaders(progress);
  const require = createRequire(import.meta.url);
  rmSync(WORKSHOP, { recursive: true, force: true });
  cpSync(PACKAGE, WORKSHOP, { recursive: true });
  progress.stage('Building SQLite from its source');
  const startedMs = Date.now();
  progress.update(0, USUAL_BUILD_MS, 'ms');
  const tick = setInterval(() => {
    const elapsedMs = Date.now() - startedMs;
    progress.update(elapsedMs, elapsedMs < USUAL_BUILD_MS ? USUAL_BUILD_MS : undefined, 'ms');
  }, 1_000);
  try {
    await runOrThrow(
      'SQLite could not be built',
      process.execPath,
      [
        require.resolve('node-gyp/bin/node-gyp.js'),
        'rebuild',
        '--release',
        '--force_build=1',
        `--nodedir=${headers}`,
      ],
      {
        cwd: WORKSHOP,
        env: {
          ...process.env,
          // Without a fixed version of Node-API the addon asks for 10, which Node 20 does not have; what it uses of it is
          // there as experimental.
          CXXFLAGS:
            `${process.env.CXXFLAGS ?? ''} -UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNAPI_VERSION=2147483647`.trim(),
        },
        timeoutMs: 30 * 60_000,
      },
    );
  } finally {
    clearInterval(tick);
  }
  install(join(WORKSHOP, 'build', 'Release', 'better_sqlite3.node'));
  rmSync(WORKSHOP, { recursive: true });
}

/** Puts a built addon where the package looks first. */
function install(addon: string): void {
  const draft = draftOf(join(PACKAGE, 'build'));
  mkdirSync(join(draft, 'Release'));
  copyFileSync(addon, join(draft, 'Release', 'better_sqlite3.node'));
  putInPlace(draft, join(PACKAGE, 'build'));
}

/** One build serves every checkout of this user on this machine. */
function cachedPath(): string {
  const libc = (process.report.getReport() as { header?: { glibcVersionRuntime?: string } }).header
    ?.glibcVersionRuntime;
  const name = `better_sqlite3-${packageVersion('better-sqlite3')}-node${process.version}-${process.platform}-${process.arch}-${libc ?? 'other'}`;
  return join(cacheFolder(), 'builds', `${name}.node`);
}

async function keep(): Promise<void> {
  const path = cachedPath();
  mkdirSync(join(path, '..'), { recursive: true });
  copyFileSync(BUILT, `${path}.draft`);
  writeFileSync(`${path}.integrity`, await hashFile(BUILT, 'sha256-'));
  putInPlace(`${path}.draft`, path);
}

async function useCached(): Promise<boolean> {
  const path = cachedPath();
  if (!existsSync(path) || !existsSync(`${path}.integrity`)) return false;
  const expected = readFileSync(`${path}.integrity`, 'utf8').trim() as Integrity;
  if ((await hashFile(path, 'sha256-')) !== expected) return false;
  install(path);
  return true;
}
