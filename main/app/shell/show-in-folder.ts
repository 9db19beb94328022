import { existsSync } from 'node:fs';
import { shell } from 'electron';
import { TwofoldError } from '../../../shared/errors.ts';

/**
 * Shows a file or folder in the system's file manager, which does nothing where there is none.
 *
 * @param isOfProject whether it is a picture of the project, which may have moved
 * @throws TwofoldError `missing-files` for those, `not-found` for others
 */
export function showInFolder(path: string, isOfProject = false): void {
  if (!existsSync(path)) {
    throw isOfProject
      ? new TwofoldError(
          'missing-files',
          `There is no file at ${path} any more. If its folder was moved or renamed, locate it.`,
        )
      : new TwofoldError('not-found', `There is nothing at ${path} any more.`);
  }
  shell.showItemInFolder(path);
}
