import { constants, setPriority } from 'node:os';
import { utilityProcess } from 'electron';
import type { JobMessage } from '../../../shared/jobs.ts';
import { entry } from '../../support/entry.ts';
import { TENSORFLOW_ENV } from '../../jobs/child.ts';
import type { JobProcess } from '../../training/supervisor.ts';

/** Runs jobs in a process of Electron's, which lives and dies apart from the window and from main. */
export function spawnUtilityProcess(): JobProcess {
  const { path, execArgv } = entry(import.meta.url, '../../jobs/process.ts');
  const child = utilityProcess.fork(path, [], {
    execArgv,
    env: { ...process.env, ...TENSORFLOW_ENV },
    serviceName: 'Twofold training',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.once('spawn', () => lowerPriority(child.pid));
  child.stderr?.on('data', (text: Buffer) => process.stderr.write(text));
  return {
    send: (command) => child.postMessage(command),
    onMessage: (listener) => child.on('message', (message: unknown) => listener(message as JobMessage)),
    onExit: (listener) => child.once('exit', (code) => listener(describeExit(code))),
    kill: () => {
      // `child.kill` asks politely, which a process that hangs in native code does not hear.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}

/** Where cores are scarce the window comes first; where they are not, this costs nothing. */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: then it competes.
  }
}

/** Signals by which a process dies that does not end itself. */
const DEADLY = ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGTRAP'] as const;

/** Chromium gives the signal's number where there was one, or as a shell does, with 128 added. */
function describeExit(code: number): string {
  const signal = DEADLY.find((name) => code % 128 === constants.signals[name]);
  return signal === undefined ? `exit code ${code}` : `signal ${signal}`;
}
