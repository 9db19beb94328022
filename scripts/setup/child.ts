import { spawn } from 'node:child_process';
import { TwofoldError } from '../../shared/errors.ts';

/** How a child process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
  /** Called with each line of output, from either stream. */
  onLine?: (line: string) => void;
}

/** Runs a program without a shell or standard input and collects what it says. Rejects only when it can't be started. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const { cwd, env = process.env, timeoutMs, onLine } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
    // Whoever stops the set-up stops what it runs.
    const kill = (): void => void child.kill();
    process.once('exit', kill);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      let rest = '';
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        if (onLine !== undefined) lines.forEach(onLine);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('exit', kill);
      resolve({ code, signal, ...output });
    });
  });
}

/**
 * Runs a program that must succeed.
 *
 * @returns its standard output, trimmed
 * @throws TwofoldError `runtime` with `what` and the end of what the program said
 */
export async function runOrThrow(
  what: string,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  let ended: Ended;
  try {
    ended = await run(program, args, options);
  } catch (cause) {
    throw new TwofoldError('runtime', `${what}: ${program} could not be started (${String(cause)}).`, {
      cause,
    });
  }
  if (ended.code === 0) return ended.stdout.trim();
  const end = ended.signal === null ? `exit code ${ended.code}` : `signal ${ended.signal}`;
  const said = essence(ended.stderr.trim() || ended.stdout.trim());
  throw new TwofoldError('runtime', `${what} (${end})${said === '' ? '.' : `:\n${said}`}`);
}

/** What went wrong, of all that a program said: Node's own error without its stack, else the last six lines. */
function essence(output: string): string {
  const lines = output.split('\n').filter((line) => !/^\s+at /.test(line));
  const error = lines.findIndex((line) => /^\w*Error\b.*: /.test(line));
  return (error < 0 ? lines.slice(-6) : lines.slice(error, error + 3)).join('\n').trim();
}
