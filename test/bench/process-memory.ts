import { readdir, readFile } from 'node:fs/promises';

const EVERY_MS = 200;

/**
 * Follows a process and all it starts until it ends, and keeps the highest resident memory of each (`VmHWM`, which the
 * kernel tracks, so that nothing between two looks is missed). Linux only.
 */
export class MemoryWatch {
  /** By process id, in bytes. */
  readonly peaks = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for (const pid of await family(this.pid)) {
      const peak = await peakOf(pid);
      if (peak !== undefined) this.peaks.set(pid, Math.max(peak, this.peaks.get(pid) ?? 0));
    }
  }
}

/** The process and its descendants. */
async function family(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const children = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  const direct = children.flatMap((text) => text.split(' ').filter(Boolean).map(Number));
  return [pid, ...(await Promise.all(direct.map(family))).flat()];
}

async function peakOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
