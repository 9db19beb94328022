import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Host, process id and, on Linux, when it was started, so that whoever opens the project later can tell work that goes on
 * from work that died: ids are given again, in a container nearly always the same ones.
 */
export function thisProcess(): string {
  const started = startOf(process.pid);
  return `${hostname()}:${process.pid}${started === null ? '' : `@${started}`}`;
}

/** Whether a process noted by `thisProcess` is certainly gone. Of another host's we can't know: it counts as alive. */
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

/** Which boot of the machine, and clock ticks from it to the start of a process; null where /proc does not tell. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may hold spaces; the start is the 22nd.
    return `${boot}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!}`;
  } catch {
    return null;
  }
}
