import { spawn } from 'node:child_process';

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

function startXvfb(): Promise<string> {
  return new Promise((resolve, reject) => {
    // It chooses a free number itself and tells it on the descriptor given.
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    server.once('error', (error) => reject(new Error(`Xvfb could not be started: ${error.message}`)));
    server.once('exit', (code) => reject(new Error(`Xvfb ended with exit code ${code ?? 'none'}.`)));
    server.stdio[3]?.once('data', (number: Buffer) => resolve(`:${number.toString().trim()}`));
    server.unref();
    process.once('exit', () => server.kill());
  });
}
