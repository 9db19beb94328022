import { CommanderError } from 'commander';
import { TwofoldError, toFailure } from '../shared/errors.ts';
import { Output } from './cli/output.ts';
import { buildProgram } from './cli/program.ts';
import { UsageError } from './cli/usage-error.ts';
import { logFailure, logInfo } from './log/log.ts';

/** The exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * Runs the command line: the engine without a window.
 *
 * @param argv arguments after the program's name
 * @returns exit code: 0, 1 (failed) or 2 (bad usage)
 */
export async function main(argv: readonly string[]): Promise<number> {
  const output = new Output({ json: argv.includes('--json') });
  try {
    await buildProgram(output, argv).parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    output.exitCode = report(thrown, output);
  }
  // Only now is it known whether everything could be written.
  await output.flush();
  logInfo('command', `ended: exit code ${output.exitCode}`);
  return output.exitCode;
}

function report(thrown: unknown, output: Output): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return EXIT.ok;
    // A group of commands given without one of them: its help was printed.
    if (thrown.code === 'commander.help') return EXIT.usage;
    output.error({ code: 'bad-input', message: thrown.message.replace(/^error: /, '') });
    return EXIT.usage;
  }
  const failure = toFailure(thrown);
  output.error(failure);
  logFailure('command', thrown);
  if (failure.code === 'internal' && thrown instanceof Error) {
    const defect = thrown instanceof TwofoldError ? thrown.cause : thrown;
    if (defect instanceof Error) output.note(defect.stack ?? '');
  }
  return thrown instanceof UsageError ? EXIT.usage : EXIT.failed;
}
