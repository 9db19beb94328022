import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Identifies this process: host, process id and, on Linux, its start time. Stored with work in progress, so that others
 * can check whether its process still runs. The id alone is not enough: ids are reused, in containers nearly always.
 */
export function thisProcess(): string {
  const started = startOf(process.pid);
  return `${hostname()}:${process.pid}${started === null ? '' : `@${started}`}`;
}

/** Whether a process stored by `thisProcess` has certainly ended. One on another host counts as running. */
export function isGone(noted: string): boolean {
  const at = noted.lastIndexOf(':');
  if (noted.slice(0, at) !== hostname()) return false;
  const [id, started] = noted.slice(at + 1).split('@');
  const pid = Number(id);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code === 'ESRCH';
  }
  return started !== undefined && startOf(pid) !== null && startOf(pid) !== started;
}

/** Boot id and start time of a process in clock ticks since boot; null without /proc. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may contain spaces; the start time is the 22nd.
    return `${boot}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!}`;
  } catch {
    return null;
  }
}
