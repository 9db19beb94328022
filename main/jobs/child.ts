import { fork } from 'node:child_process';
import { logExit, logOutput } from '../log/child.ts';
import { isLogOpen } from '../log/log.ts';
import { entry } from '../support/entry.ts';
import type { JobProcess } from '../training/supervisor.ts';

/** Memory in pages of 2 MB where the kernel has them, since a step of the head goes through 300 MB. For glibc from 2.35 on. */
const HUGE_PAGES = 'glibc.malloc.hugetlb=1';
/** What the environment says wins. glibc takes the last of several values. */
const ownTunables = process.env.GLIBC_TUNABLES ?? '';
const saysHugePages = /(^|:)glibc\.malloc\.hugetlb=/.test(ownTunables);

/**
 * Variables that are read when TensorFlow or the C library is loaded, for pooled buffers and huge pages (see docs/decisions)
 * and quiet logs.
 */
export const TENSORFLOW_ENV = {
  TF_CPU_ALLOCATOR_USE_BFC: '1',
  TF_CPP_MIN_LOG_LEVEL: '2',
  GLIBC_TUNABLES: saysHugePages ? ownTunables : [ownTunables, HUGE_PAGES].filter(Boolean).join(':'),
} as const;

/** What the log calls the process of a job. */
export const JOB_PROCESS = 'training process';

/** Runs jobs in a plain child of Node. */
export function spawnNodeProcess(): JobProcess {
  const { path, execArgv } = entry(import.meta.url, './process.ts');
  const child = fork(path, [], {
    execArgv,
    env: { ...process.env, ...TENSORFLOW_ENV },
    // Preserves typed arrays and NaN, unlike JSON.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', isLogOpen() ? 'pipe' : 'inherit', 'ipc'],
  });
  if (child.stderr) {
    child.stderr.pipe(process.stderr, { end: false });
    logOutput(JOB_PROCESS, child.stderr);
  }
  child.once('exit', (...end) => logExit(JOB_PROCESS, describeExit(...end), child.killed));
  return {
    send: (command) => {
      // An ended process is reported by its exit, not by each message that can't be delivered.
      if (child.connected) child.send(command, () => undefined);
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      child.once('exit', (...end) => listener(describeExit(...end)));
      child.once('error', (error) => listener(error.message));
    },
    kill: () => child.kill('SIGKILL'),
  };
}

const describeExit = (code: number | null, signal: string | null): string =>
  signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
