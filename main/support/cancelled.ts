import { TwofoldError } from '../../shared/errors.ts';

/** @throws TwofoldError `cancelled` if the signal is aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new TwofoldError('cancelled', 'Cancelled.');
}
