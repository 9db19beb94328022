import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TwofoldError, toFailure } from '../../shared/errors.ts';
import { fromHex } from '../../main/files/download.ts';
import { CODEC_SHA256 } from '../../main/pictures/codec-build.ts';
import { sha256 } from '../../main/pictures/hash.ts';
import { isLocal, PATIENCE, type Patience } from '../../main/files/http.ts';
import { runOrThrow } from './child.ts';
import { cacheFolder, download } from './download.ts';
import { draftOf, putInPlace } from './files.ts';
import { locateTarball } from './npm.ts';
import type { Progress } from './progress.ts';
import { firstThatWorks } from './sources.ts';
import { fallback, ROOT, type Installed, type Step } from './step.ts';
import { unpackTar } from './unpack.ts';

const COMPILER = {
  name: '@yowasp/clang',
  version: '22.0.0-git20542-10',
  integrity:
    'sha512-V31/z9GrJECKeACTDUyvg2llbEUiFi3bxtL5HSg7H/6sydSxdI/AoVAD9F5ozrfLjotWl0B9rghR87m+DUM/zg==',
} as const;

/** The source of libjpeg-turbo 2.1.5, the version in Debian 12's Pillow. All addresses serve the same file. */
const LIBRARY = {
  file: 'libjpeg-turbo-2.1.5.tar.gz',
  integrity: fromHex('sha256', '254f3642b04e309fee775123133c6464181addc150499561020312ec61c1bf7c'),
};
const LIBRARY_ADDRESSES: Addresses = {
  GitHub: 'https://github.com/libjpeg-turbo/libjpeg-turbo/archive/refs/tags/2.1.5.tar.gz',
  Debian: 'http://deb.debian.org/debian/pool/main/libj/libjpeg-turbo/libjpeg-turbo_2.1.5.orig.tar.gz',
};

/** Address by the name of its server. */
type Addresses = Readonly<Record<string, string>>;

/** Also exists, empty, where the decoder could not be built. */
const FOLDER = join(ROOT, '.cache', 'jpeg');
const WORKSHOP = join(ROOT, '.cache', 'build', 'jpeg');

/** The JPEG decoder: libjpeg-turbo compiled to WebAssembly. Without it libvips decodes, slower and with the same pixels. */
export const jpegStep: Step = {
  name: 'jpeg',
  purposes: ['cli', 'test', 'app'],
  key: () => `1 ${CODEC_SHA256}`,
  outputs: () => [FOLDER],
  install: (progress) => installCodec(FOLDER, progress),
};

/**
 * Puts `jpeg.wasm` into `folder`: from the user's cache if it was built before, otherwise compiled.
 *
 * @returns what decodes JPEGs now, with the reason if the decoder could not be built: then the folder is empty
 * @throws errors of this machine (disk full, not writable)
 */
export async function installCodec(
  folder: string,
  progress: Progress,
  addresses: Addresses = LIBRARY_ADDRESSES,
  patience: Patience = PATIENCE,
): Promise<Installed> {
  const kept = join(cacheFolder(), 'builds', `jpeg-${CODEC_SHA256}.wasm`);
  const isKept = existsSync(kept) && hashOf(kept) === CODEC_SHA256;
  const outcome = `JPEG decoder: libjpeg-turbo ${isKept ? 'built earlier on this machine' : 'compiled to WebAssembly'}`;
  let installed: Installed = { outcome, isFallback: false };
  const draft = draftOf(folder);
  try {
    if (!isKept) await build(kept, addresses, progress, patience);
    copyFileSync(kept, join(draft, 'jpeg.wasm'));
  } catch (error) {
    if (isLocal(error)) throw error;
    installed = fallback(
      'JPEG decoder: libvips, several times slower with the same pixels, because libjpeg-turbo could not be built.',
      toFailure(error).message,
    );
  }
  putInPlace(draft, folder);
  return installed;
}

/** Compiles the decoder in a child process, which takes half a minute and 500 MB of memory. */
async function build(
  target: string,
  addresses: Addresses,
  progress: Progress,
  patience: Patience,
): Promise<void> {
  const library = await fetchLibrary(addresses, progress, patience);
  const compiler = await download(await locateTarball(COMPILER, patience), progress, patience);
  progress.stage('Unpacking the compiler for the JPEG decoder');
  const workshop = draftOf(WORKSHOP);
  await unpackTar(compiler, join(workshop, 'compiler'), 1);
  await unpackTar(library, join(workshop, 'library'), 1, (path) => /^[^/]+\/j[^/]*\.(c|h|h\.in)$/.test(path));
  progress.stage('Compiling the JPEG decoder');
  const output = join(workshop, 'jpeg.wasm');
  const script = join(ROOT, 'scripts', 'jpeg', 'compile.mjs');
  await runOrThrow(
    'The JPEG decoder could not be compiled',
    process.execPath,
    // Without V8's optimising compiler: faster here, since few functions run for long.
    ['--liftoff-only', script, join(workshop, 'compiler'), join(workshop, 'library'), output],
    { timeout: 10 * 60_000 },
    (line) => {
      const [, done, total] = /^(\d+)\/(\d+)$/.exec(line) ?? [];
      if (total !== undefined) progress.update(Number(done), Number(total), 'items');
    },
  );
  const built = hashOf(output);
  if (built !== CODEC_SHA256)
    throw new TwofoldError(
      'corrupt',
      `The compiled JPEG decoder has SHA-256 ${built}, expected ${CODEC_SHA256}.`,
    );
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(output, `${target}.draft`);
  putInPlace(`${target}.draft`, target);
  rmSync(workshop, { recursive: true });
}

/** @returns path of the archive with the library's source */
const fetchLibrary = (addresses: Addresses, progress: Progress, patience: Patience): Promise<string> =>
  firstThatWorks(
    'The source of libjpeg-turbo',
    Object.entries(addresses).map(([name, url]) => ({
      name,
      install: () => download({ url, ...LIBRARY }, progress, patience),
    })),
  );

const hashOf = (path: string): string => sha256(readFileSync(path));
