import { TwofoldError } from '../../../shared/errors.ts';
import type { Job, JobEvent, ResultOf } from '../../../shared/jobs.ts';
import { startJob, type JobProcess } from '../../training/supervisor.ts';

/** How an export runs its jobs. */
export interface ExportControls {
  spawn: () => JobProcess;
  /** Gives the export up; what it wrote is removed. */
  signal?: AbortSignal | undefined;
  onEvent?: ((event: JobEvent) => void) | undefined;
}

/** A job that does not end well when cancelled is ended after this long: it may be inside one large write. */
const PATIENCE_MS = 5000;

/**
 * Runs one job to its end in a process of its own.
 *
 * @throws TwofoldError the job's own; `cancelled` when the signal is aborted
 */
export async function runJob<J extends Job>(
  job: J,
  { spawn, signal, onEvent }: ExportControls,
): Promise<ResultOf<J>> {
  requireWanted(signal);
  const running = startJob(spawn, job, onEvent);
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => {
    running.cancel();
    timer = setTimeout(() => running.kill(), PATIENCE_MS);
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await running.result;
  } catch (error) {
    requireWanted(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  }
}

/** @throws TwofoldError `cancelled` */
export function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new TwofoldError('cancelled', 'Cancelled. Nothing was exported.');
}
