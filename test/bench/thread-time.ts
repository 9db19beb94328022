import { readdirSync, readFileSync } from 'node:fs';

/** Between two looks at a thread. */
const EVERY_MS = 5;

/** CPU time of a thread of this process so far, in milliseconds; NaN where the system does not tell (only Linux does). */
export function cpuOf(thread: number): number {
  try {
    // Nanoseconds on a core, nanoseconds waiting for one, time slices.
    return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return NaN;
  }
}

/** The thread of this process, other than the main one, that computes most during some work; NaN if unknown. */
export async function busiestThread(work: () => Promise<unknown>): Promise<number> {
  const before = new Map(threads().map((thread) => [thread, cpuOf(thread)]));
  await work();
  const used = threads()
    .filter((thread) => thread !== process.pid)
    .map((thread) => ({ thread, ms: cpuOf(thread) - (before.get(thread) ?? 0) }));
  return used.sort((a, b) => b.ms - a.ms)[0]?.thread ?? NaN;
}

function threads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [];
  }
}

export interface Pauses {
  /** How long the event loop did not come back, each time. */
  wallMs: number[];
  /** How long its thread computed meanwhile, which a busy machine does not lengthen. */
  cpuMs: number[];
}

/** Begins to watch the pauses of this process's event loop. @returns a function that ends it */
export function watchPauses(): () => Pauses {
  const pauses: Pauses = { wallMs: [], cpuMs: [] };
  let [at, cpu] = [performance.now(), cpuOf(process.pid)];
  const timer = setInterval(() => {
    const [now, its] = [performance.now(), cpuOf(process.pid)];
    pauses.wallMs.push(Math.max(0, now - at - EVERY_MS));
    if (!Number.isNaN(its)) pauses.cpuMs.push(its - cpu);
    [at, cpu] = [now, its];
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return pauses;
  };
}
