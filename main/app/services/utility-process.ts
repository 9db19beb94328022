import { constants, setPriority } from 'node:os';
import { utilityProcess } from 'electron';
import { entry } from '../../support/entry.ts';
import { JOB_PROCESS, TENSORFLOW_ENV } from '../../jobs/child.ts';
import { logExit, logOutput } from '../../log/child.ts';
import type { JobProcess } from '../../training/supervisor.ts';

/** `spawnUtilityProcess` with the lowest priority, for background work. */
export const spawnBackgroundProcess = (): JobProcess => spawnUtilityProcess(constants.priority.PRIORITY_LOW);

/** Runs a job in an Electron utility process, so that a crash affects neither the window nor the main process. */
export function spawnUtilityProcess(priority: number = constants.priority.PRIORITY_BELOW_NORMAL): JobProcess {
  const { path, execArgv } = entry(import.meta.url, '../../jobs/process.ts');
  const child = utilityProcess.fork(path, [], {
    execArgv,
    env: { ...process.env, ...TENSORFLOW_ENV },
    serviceName: 'Twofold training',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.once('spawn', () => lowerPriority(child.pid, priority));
  if (child.stderr) logOutput(JOB_PROCESS, child.stderr);
  let isKilled = false;
  child.once('exit', (code) => logExit(JOB_PROCESS, describeExit(code), isKilled));
  return {
    send: (command) => child.postMessage(command),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.once('exit', (code) => listener(describeExit(code))),
    kill: () => {
      isKilled = true;
      // `child.kill` sends SIGTERM, which a process that hangs in native code ignores.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}

/** Lowers the priority, so that the window stays responsive. */
function lowerPriority(pid: number | undefined, priority: number): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, priority);
  } catch {
    // Not permitted on this system: the job runs at normal priority.
  }
}

/** Signals that indicate a crash or a kill. */
const DEADLY = ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGTRAP'] as const;

/** After a signal, Chromium reports its number, with or without 128 added (as shells do). */
function describeExit(code: number): string {
  const signal = DEADLY.find((name) => code % 128 === constants.signals[name]);
  return signal === undefined ? `exit code ${code}` : `signal ${signal}`;
}
