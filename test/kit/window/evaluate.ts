import type { ElectronApplication } from 'playwright-core';

/** A busy main process collects garbage often, but hardly this often in a row. */
const TRIES = 5;

type Evaluate = (run: unknown, argument?: unknown) => Promise<unknown>;

/**
 * Makes `evaluate` of a main process reliable. V8's inspector holds the result of an evaluation weakly, so that a
 * collection of garbage at the wrong moment loses it ("Resulting promise was garbage collected"), though the function has
 * run. The result is therefore kept in the main process by a number, and asked for again without a second run.
 */
export function keepResults(electron: ElectronApplication): void {
  const evaluate = electron.evaluate.bind(electron) as Evaluate;
  let calls = 0;
  const patient: Evaluate = async (run, argument) => {
    const call = ++calls;
    for (let tries = 1; ; tries++) {
      try {
        return await evaluate(once, { call, source: String(run), argument });
      } catch (error) {
        if (tries === TRIES || !String(error).includes('Resulting promise was garbage collected'))
          throw error;
      }
    }
  };
  electron.evaluate = patient as ElectronApplication['evaluate'];
}

/** Runs in the main process. */
function once(
  electron: unknown,
  { call, source, argument }: { call: number; source: string; argument: unknown },
): unknown {
  const { results } = globalThis as unknown as { results?: Map<number, unknown> };
  const kept = results ?? new Map<number, unknown>();
  Object.assign(globalThis, { results: kept });
  if (!kept.has(call)) {
    const run = (0, eval)(`(${source})`) as (electron: unknown, argument: unknown) => unknown;
    kept.set(call, run(electron, argument));
  }
  return kept.get(call);
}
