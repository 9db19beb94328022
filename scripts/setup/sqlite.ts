import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runOrThrow } from './child.ts';
import { requireCompiler } from './compiler.ts';
import { cacheFolder } from './download.ts';
import { electronProgram, installedElectron } from './electron.ts';
import { draftOf, putInPlace } from './files.ts';
import { findHeaders } from './node-headers.ts';
import type { Progress } from './progress.ts';
import { packageVersion, ROOT, type Step } from './step.ts';

const PACKAGE = join(ROOT, 'node_modules', 'better-sqlite3');
const BUILD = join(PACKAGE, 'build');
const ADDON = join('Release', 'better_sqlite3.node');
/**
 * Written once the add-on works. "npm ci" replaces the package, this file included, so the add-on is then tested again.
 */
const TESTED = join(PACKAGE, '.tested');
/** Inside the checkout, so that the build finds node-addon-api in node_modules. */
const WORKSHOP = join(ROOT, '.cache', 'build', 'better-sqlite3');

/** The SQLite add-on: shipped ready for Node ≥ 22.14 and Electron ≥ 35, built once for anything older. */
export const sqliteStep: Step = {
  name: 'sqlite',
  purposes: ['cli', 'test', 'app'],
  key: () =>
    `1 better-sqlite3 ${packageVersion('better-sqlite3')} node ${process.version} electron ${installedElectron() ?? 'none'} ${process.platform}-${process.arch}`,
  outputs: () => [TESTED],
  install: async (progress) => {
    const outcome = await installAddon(progress);
    writeFileSync(TESTED, '');
    return outcome;
  },
};

async function installAddon(progress: Progress): Promise<string> {
  progress.stage('Testing SQLite');
  const found = await proveEverywhere().catch(() => undefined);
  if (found !== undefined) return `SQLite ${found}: already installed`;
  rmSync(BUILD, { recursive: true, force: true }); // built for another runtime: it takes precedence over what is shipped
  const shipped = await proveEverywhere().catch(() => undefined);
  if (shipped !== undefined) return `SQLite ${shipped}: as shipped with better-sqlite3`;
  const kept = keptAddon();
  if (existsSync(kept)) {
    install(kept);
    const version = await proveEverywhere().catch(() => undefined);
    if (version !== undefined) return `SQLite ${version}: built earlier on this machine`;
  }
  await build(progress);
  progress.stage('Testing SQLite');
  const version = await proveEverywhere();
  mkdirSync(dirname(kept), { recursive: true });
  copyFileSync(join(BUILD, ADDON), `${kept}.draft`);
  putInPlace(`${kept}.draft`, kept);
  return `SQLite ${version}: built from source`;
}

/** Tests the add-on in this Node and, if installed, in Electron. Returns the version of SQLite. */
async function proveEverywhere(): Promise<string> {
  if (existsSync(electronProgram())) await proveSqlite(electronProgram());
  return proveSqlite(process.execPath);
}

/** Opens a database in memory, in a child process: an add-on for another runtime may crash it. */
export async function proveSqlite(runtime: string): Promise<string> {
  const script = `const Database = require(process.argv[1]); console.log(new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get());`;
  return runOrThrow('SQLite was built but does not work', runtime, ['-e', script, PACKAGE], {
    env: { ELECTRON_RUN_AS_NODE: '1' },
    timeout: 60_000,
  });
}

async function build(progress: Progress): Promise<void> {
  // On Windows node-gyp finds Visual Studio itself, and reports what is missing.
  if (process.platform !== 'win32') {
    const alternative = 'use Node 22.14 or newer, which needs no build';
    await requireCompiler('SQLite', ['c++', 'make', 'python3'], progress, alternative);
  }
  const headers = await findHeaders(progress);
  rmSync(WORKSHOP, { recursive: true, force: true });
  cpSync(PACKAGE, WORKSHOP, { recursive: true });
  progress.stage('Building SQLite from source (about 2 minutes)');
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const args = [nodeGyp, 'rebuild', '--release', '--force_build=1', `--nodedir=${headers}`];
  // Without a fixed version of Node-API the add-on asks for 10, which Node 20 does not have; the functions it uses are
  // available there as experimental ones.
  const flags = '-UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNAPI_VERSION=2147483647';
  await runOrThrow('SQLite could not be built', process.execPath, args, {
    cwd: WORKSHOP,
    env: { CXXFLAGS: `${process.env.CXXFLAGS ?? ''} ${flags}`.trim() },
    timeout: 30 * 60_000,
  });
  install(join(WORKSHOP, 'build', ADDON));
  rmSync(WORKSHOP, { recursive: true });
}

/** Copies a built add-on to the place where the package looks first. */
function install(addon: string): void {
  const draft = draftOf(BUILD);
  mkdirSync(join(draft, 'Release'));
  copyFileSync(addon, join(draft, ADDON));
  putInPlace(draft, BUILD);
}

/** Path of a built add-on in the cache, which all checkouts of this user on this machine share. */
function keptAddon(): string {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const libc = report.header?.glibcVersionRuntime ?? 'other';
  const version = `${packageVersion('better-sqlite3')}-node${process.version}-${process.platform}-${process.arch}-${libc}`;
  return join(cacheFolder(), 'builds', `better_sqlite3-${version}.node`);
}
