import { readdir, readFile } from 'node:fs/promises';

const EVERY_MS = 200;

/** Highest memory of a process, in bytes. */
export interface MemoryPeak {
  /** `VmHWM`, which the kernel tracks, so that nothing between two looks is missed. */
  resident: number;
  /** Highest `RssAnon` seen: what the process allocated, without the pages of programs and libraries. */
  anonymous: number;
}

/** Follows a process and all it starts until it ends, and keeps the peaks of each. Linux only. */
export class MemoryWatch {
  /** By process id. */
  readonly peaks = new Map<number, MemoryPeak>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for (const pid of await family(this.pid)) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const before = this.peaks.get(pid) ?? { resident: 0, anonymous: 0 };
      const resident = Math.max(before.resident, bytesOf(status, 'VmHWM'));
      const anonymous = Math.max(before.anonymous, bytesOf(status, 'RssAnon'));
      if (resident > 0) this.peaks.set(pid, { resident, anonymous });
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

/** 0 for a process that has ended. */
function bytesOf(status: string, field: string): number {
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
}
