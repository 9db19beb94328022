import { join, parse } from 'node:path';
import { dialog, shell } from 'electron';
import { toFailure } from '../../../shared/errors.ts';
import { writeZip } from '../../files/zip.ts';
import { logFailure } from '../../log/log.ts';
import type { AppContext } from '../services/context.ts';
import { collectDiagnostics, DIAGNOSTICS } from '../services/diagnostics.ts';
import { logFile } from './crashes.ts';
import { chooseFile } from './dialogs.ts';

/**
 * Help → Save Diagnostics…: explains what the file contains, asks where to save it, and shows it in the file manager.
 */
export async function saveDiagnostics(context: AppContext): Promise<void> {
  const window = context.window();
  const { response } = await dialog.showMessageBox(window, {
    type: 'info',
    message: 'Save diagnostics to attach to a problem report?',
    detail:
      `The file contains:\n${DIAGNOSTICS.map((part) => `• ${part}`).join('\n')}\n\n` +
      'It contains no pictures, labels or file names. Nothing is sent anywhere.',
    buttons: ['Save…', 'Cancel'],
    defaultId: 0,
    cancelId: 1,
  });
  if (response !== 0) return;
  const defaultPath = join(context.documents(), 'Twofold diagnostics.zip');
  const path = await chooseFile(window, 'Zip', 'Save diagnostics', defaultPath);
  if (path === null) return;
  try {
    await writeZip(path, await collectDiagnostics(context, logs()));
    shell.showItemInFolder(path);
  } catch (error) {
    logFailure('diagnostics', error);
    const { message } = toFailure(error);
    await dialog.showMessageBox(window, {
      type: 'error',
      message: 'The diagnostics were not saved.',
      detail: message,
    });
  }
}

/** The current log and the previous one. */
function logs(): { name: string; path: string }[] {
  const { dir, name, ext } = parse(logFile());
  return [`${name}.old${ext}`, `${name}${ext}`].map((file) => ({ name: file, path: join(dir, file) }));
}
