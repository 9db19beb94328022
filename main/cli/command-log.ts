import { resolve } from 'node:path';
import { toFailure } from '../../shared/errors.ts';
import { logError, logInfo, openLog } from '../log/log.ts';
import { jpegDecoder } from '../pictures/jpeg-codec.ts';
import { UsageError } from './usage-error.ts';

/**
 * Begins the log of a command (`--log FILE`), at the end of what the file has.
 *
 * @throws UsageError where the file can't be written
 */
export function openCommandLog(file: string, argv: readonly string[]): void {
  try {
    openLog(resolve(file));
  } catch (error) {
    throw new UsageError(`The log can’t be written. ${toFailure(error).message}`);
  }
  logInfo('start', `JPEG decoder: ${jpegDecoder()}`);
  logInfo('command', argv.join(' '));
  // Only listens: the process ends as it would without.
  process.on('uncaughtExceptionMonitor', (error) => logError('uncaught', error));
}
