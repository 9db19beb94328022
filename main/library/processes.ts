import { hostname } from 'node:os';

/** Host and process id, so that whoever opens the project later can tell work that goes on from work that died. */
export function thisProcess(): string {
  return `${hostname()}:${process.pid}`;
}

/** Whether a process noted by `thisProcess` is certainly gone. Of another host's we can't know: it counts as alive. */
export function isGone(noted: string): boolean {
  const at = noted.lastIndexOf(':');
  if (noted.slice(0, at) !== hostname()) return false;
  try {
    process.kill(Number(noted.slice(at + 1)), 0);
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ESRCH';
  }
}
