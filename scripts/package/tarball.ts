import { basename, dirname } from 'node:path';
import { runOrThrow } from '../setup/child.ts';

/**
 * Packs an unpacked app as a tar.gz with one folder in it, owned by nobody of this machine.
 *
 * @param unpacked folder of the app
 * @param file the archive to write
 * @param folder name of the folder in it
 */
export async function writeTarball(unpacked: string, file: string, folder: string): Promise<void> {
  await runOrThrow('The archive could not be written', 'tar', [
    '--create',
    '--gzip',
    ...['--file', file],
    ...['--owner=0', '--group=0', '--numeric-owner', '--sort=name'],
    ...['--transform', `s,^${basename(unpacked)},${folder},`],
    ...['--directory', dirname(unpacked)],
    basename(unpacked),
  ]);
}
