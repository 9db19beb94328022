import { createInterface } from 'node:readline';
import { logInfo, logWarning } from './log.ts';

/** Logs what a child process says on standard error. */
export function logOutput(source: string, stderr: NodeJS.ReadableStream): void {
  createInterface(stderr).on('line', (line) => {
    if (line.trim() !== '') logWarning(source, line);
  });
}

/**
 * @param reason `exit code 1`, `signal SIGKILL`
 * @param wasKilled by this process, as a person asked
 */
export function logExit(source: string, reason: string, wasKilled: boolean): void {
  if (reason === 'exit code 0' || wasKilled) logInfo(source, `ended: ${reason}`);
  else logWarning(source, `ended unexpectedly: ${reason}`);
}
