import type { Options } from 'execa';
import { TwofoldError } from '../../shared/errors.ts';

/** How a child process ended. */
export interface Ended {
  /** Exit code other than 0, killed by a signal, or not started at all. */
  failed: boolean;
  exitCode: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
  cause: unknown;
}

/**
 * Runs a program without a shell or standard input. It is killed when this process exits.
 *
 * @param onLine called for each line of output, from either stream
 */
export async function run(
  program: string,
  args: readonly string[],
  options: Pick<Options, 'cwd' | 'env' | 'timeout' | 'preferLocal' | 'localDir'> = {},
  onLine: (line: string) => void = () => undefined,
): Promise<Ended> {
  // Loaded only when needed, so that a set-up with nothing to do is quick.
  const { execa } = await import('execa');
  const watched = function* (line: unknown) {
    onLine(String(line));
    yield line;
  };
  const result = await execa(program, args, {
    ...options,
    stdin: 'ignore',
    stdout: watched,
    stderr: watched,
    reject: false,
  });
  // A program that could not be started has no output, whatever the types say.
  const { stdout = '', stderr = '' } = result as Partial<typeof result>;
  const { failed, exitCode, signal, cause } = result;
  return { failed, exitCode, signal, stdout, stderr, cause };
}

/**
 * Runs a program that must succeed.
 *
 * @param what failed when it does not, as the start of a sentence
 * @returns its standard output, trimmed
 * @throws TwofoldError `runtime` with `what` and the end of what the program printed
 */
export async function runOrThrow(what: string, ...command: Parameters<typeof run>): Promise<string> {
  const { failed, exitCode, signal, stdout, stderr, cause } = await run(...command);
  if (!failed) return stdout.trim();
  if (exitCode === undefined && signal === undefined)
    throw new TwofoldError('runtime', `${what}: cannot run ${command[0]} (${String(cause)}).`, { cause });
  const end = signal === undefined ? `exit code ${exitCode}` : `signal ${signal}`;
  const printed = essence(stderr.trim() || stdout.trim());
  throw new TwofoldError('runtime', `${what} (${end})${printed === '' ? '.' : `:\n${printed}`}`);
}

/** The error in a program's output: Node's own without its stack, otherwise the last six lines. */
function essence(output: string): string {
  const lines = output.split('\n').filter((line) => !/^\s+at /.test(line));
  const error = lines.findIndex((line) => /^\w*Error\b.*: /.test(line));
  return (error < 0 ? lines.slice(-6) : lines.slice(error, error + 3)).join('\n').trim();
}
