import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

let started: Promise<string> | undefined;

/**
 * The display for windows under test: the one there is, or an Xvfb of this process's own, started once and ended with it.
 *
 * @returns what DISPLAY should be; empty where the platform needs none
 */
export function startDisplay(): Promise<string> {
  const present = process.env.DISPLAY ?? '';
  if (present !== '' || process.platform !== 'linux') return Promise.resolve(present);
  started ??= startXvfb();
  return started;
}

/** Ends Xvfb when the pipe to its standard input does, since a process that is killed tells nobody. */
const UNTIL_PIPE_ENDS = 'exec 4<&0; "$@" & server=$!; { read -r _ <&4; kill $server; } & wait $server';

function startXvfb(): Promise<string> {
  return new Promise((resolve, reject) => {
    // It chooses a free number itself and tells it on the descriptor given.
    const xvfb = ['Xvfb', '-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'];
    const shell = spawn('sh', ['-c', UNTIL_PIPE_ENDS, 'sh', ...xvfb], {
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    });
    shell.once('error', (error) => reject(new Error(`Xvfb could not be started: ${error.message}`)));
    shell.once('exit', (code) => reject(new Error(`Xvfb ended with exit code ${code ?? 'none'}.`)));
    const number = shell.stdio[3] as Socket;
    number.once('data', (digits: Buffer) => {
      // From now on none of it keeps this process from ending.
      shell.unref();
      (shell.stdin as Socket).unref();
      number.unref();
      resolve(`:${digits.toString().trim()}`);
    });
  });
}
