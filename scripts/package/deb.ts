import { createRequire } from 'node:module';
import {
  chmod,
  copyFile,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runOrThrow } from '../setup/child.ts';
import { ROOT } from '../build/sources.mjs';

/** Where the app is installed; electron-builder's scripts and AppArmor profile expect it there. */
const FOLDER = '/opt/Twofold';
const EXECUTABLE = 'twofold';
const ICON_SIZE = '512x512';

/** Libraries that Electron loads, by their names in Debian 12; newer versions provide the same names. */
const DEPENDS =
  'libgtk-3-0, libnotify4, libnss3, libxss1, libxtst6, xdg-utils, libatspi2.0-0, libuuid1, libsecret-1-0, libgbm1, libasound2';

/**
 * Packages an unpacked app for Debian and Ubuntu with dpkg-deb, which is on every such system: nothing is downloaded.
 * Installation scripts and AppArmor profile are those of electron-builder, so that the sandbox works with and without
 * unprivileged user namespaces.
 *
 * @param unpacked folder of the app
 * @param file the package to write
 * @throws TwofoldError if dpkg-deb fails or is missing
 */
export async function writeDeb(unpacked: string, file: string, version: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'twofold-deb-'));
  try {
    await chmod(root, 0o755);
    const app = join(root, FOLDER);
    await mkdir(dirname(app), { recursive: true });
    await cp(unpacked, app, { recursive: true, verbatimSymlinks: true });
    await writeSystemFiles(root);
    await writeTemplate('apparmor-profile.tpl', join(app, 'resources', 'apparmor-profile'));
    // Before the control files, which are not installed.
    const installedKb = Math.ceil((await bytesIn(root)) / 1024);
    const control = join(root, 'DEBIAN');
    await mkdir(control);
    await writeFile(join(control, 'control'), controlFile(version, installedKb));
    await writeTemplate('after-install.tpl', join(control, 'postinst'), 0o755);
    await writeTemplate('after-remove.tpl', join(control, 'postrm'), 0o755);
    // zstd packs in a tenth of xz's time; Debian 12 and Ubuntu 22.04 read it.
    await runOrThrow('The Debian package could not be built', 'dpkg-deb', [
      '--root-owner-group',
      '-Zzstd',
      '--build',
      root,
      file,
    ]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function writeSystemFiles(root: string): Promise<void> {
  const put = async (path: string, from: string): Promise<void> => {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(ROOT, from), target);
    await chmod(target, 0o644);
  };
  await put(`usr/share/applications/${EXECUTABLE}.desktop`, 'assets/twofold.desktop');
  await put(`usr/share/icons/hicolor/${ICON_SIZE}/apps/${EXECUTABLE}.png`, 'dist/icons/icon.png');
  await put(`usr/share/doc/${EXECUTABLE}/copyright`, 'LICENSE');
}

const controlFile = (version: string, installedKb: number): string => `Package: ${EXECUTABLE}
Version: ${version}
Architecture: amd64
Maintainer: The Twofold authors
Installed-Size: ${installedKb}
Depends: ${DEPENDS}
Section: science
Priority: optional
Description: Turn a folder of pictures into a two-class image classifier
 Label pictures with the mouse, train a model on this computer, see what is
 wrong and fix it, and export the model. No network, no code, no account.
`;

/** One of electron-builder's templates for Linux, filled in. */
async function writeTemplate(name: string, target: string, mode = 0o644): Promise<void> {
  const builder = dirname(createRequire(import.meta.url).resolve('app-builder-lib/package.json'));
  const template = await readFile(join(builder, 'templates/linux', name), 'utf8');
  const text = template
    .replaceAll('${executable}', EXECUTABLE)
    .replaceAll('${sanitizedProductName}', FOLDER.slice('/opt/'.length));
  await writeFile(target, text);
  await chmod(target, mode);
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
