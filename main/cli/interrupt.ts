import type { Output } from './output.ts';

/**
 * Calls `listener` on Ctrl-C or SIGTERM, and once when the reader of the output has ended (`| head`).
 *
 * @returns removes the listener
 */
export function onInterrupt(output: Output, listener: () => void): () => void {
  let called = false;
  const onSignal = (): void => {
    called = true;
    listener();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // Ctrl-C ends what reads the output too (`| tee log`): that does not count as a second one.
  const forgetReader = output.onReaderGone(() => {
    if (!called) onSignal();
  });
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    forgetReader();
  };
}

/** What the first and the second Ctrl-C do. */
interface Interrupt {
  note: string;
  first: () => void;
  second: () => void;
}

/** Awaits work, with Ctrl-C handled as `interrupt` says until it ends. */
export async function withInterrupt<T>(
  output: Output,
  { note, first, second }: Interrupt,
  work: Promise<T>,
): Promise<T> {
  let isAsked = false;
  const forget = onInterrupt(output, () => {
    if (isAsked) {
      second();
      return;
    }
    isAsked = true;
    first();
    output.note(`${note}. Press Ctrl-C again to stop immediately.`);
  });
  try {
    return await work;
  } finally {
    forget();
  }
}

/** Cancels work on Ctrl-C and kills its process on a second one. */
export function cancellable<T>(
  output: Output,
  work: (signals: { signal: AbortSignal; killSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const [cancel, kill] = [new AbortController(), new AbortController()];
  const interrupt = { note: 'Cancelling', first: () => cancel.abort(), second: () => kill.abort() };
  return withInterrupt(output, interrupt, work({ signal: cancel.signal, killSignal: kill.signal }));
}
