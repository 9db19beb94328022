import { createInterface } from 'node:readline';
import { logInfo, logWarning } from './log.ts';

/** Logs what a child process writes to standard error. */
export function logOutput(source: string, stderr: NodeJS.ReadableStream): void {
  createInterface(stderr).on('line', (line) => {
    if (line.trim() !== '') logWarning(source, line);
  });
}

/**
 * Logs the end of a child process.
 *
 * @param reason such as `exit code 1` or `signal SIGKILL`
 * @param wasKilled whether this process killed it on purpose
 */
export function logExit(source: string, reason: string, wasKilled: boolean): void {
  if (reason === 'exit code 0' || wasKilled) logInfo(source, `ended: ${reason}`);
  else logWarning(source, `ended unexpectedly: ${reason}`);
}
