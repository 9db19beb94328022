import type { Split } from '../../../shared/split.ts';
import type { Scored } from '../../../shared/metrics.ts';
import type { AppUnderTest } from './harness.ts';

/** What a run says of a set, as main has it, with the current labels; every picture must be labelled. */
export async function predictionsOn(
  app: AppUnderTest,
  run: string,
  on: Split,
): Promise<(Scored & { id: number; name: string })[]> {
  const { ids, probabilities } = await app.call('runs.predictions', { run, on });
  const probabilityOf = new Map([...ids].map((id, index) => [id, probabilities[index]!]));
  const pictures = await app.call('pictures.rows', { ids: [...ids] });
  return pictures.map(({ id, name, label }) => {
    if (label !== 0 && label !== 1) throw new Error(`expected a label for ${name}, received ${label}`);
    return { id, name, label, probability: probabilityOf.get(id)! };
  });
}
