import { z } from 'zod';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { LEAST_ALIKE } from '../../../main/jobs/duplicates.ts';
import { nearestPairs } from '../../../main/jobs/nearest-pairs.ts';
import { normalised } from '../../../main/insight/neighbours.ts';
import { seededGenerator } from '../../../main/support/random.ts';
import { options, serve } from './serve.ts';

const WIDTH = 768;
/** Every so many vectors one is a near copy of the one before. */
const COPY = 50;
const { pictures } = options(z.object({ pictures: z.int().positive() }));

/**
 * Compares all vectors of a large library with each other. As of photographs, the median cosine is about 0.8; every fiftieth is a
 * near copy, which must be found.
 */
const random = seededGenerator(1, pictures);
const common = Float32Array.from({ length: WIDTH }, () => 0.2 + uniformFloat64(random) ** 2);
const data = new Float32Array(pictures * WIDTH);
for (let row = 0; row < pictures; row++) {
  for (let column = 0; column < WIDTH; column++) {
    const at = row * WIDTH + column;
    const isCopy = row % COPY === 1;
    data[at] = isCopy
      ? data[at - WIDTH]! + 0.02 * uniformFloat64(random)
      : common[column]! * (1 + (0.6 + 0.6 * ((row % 97) / 97)) * (2 * uniformFloat64(random) - 1));
  }
}
const unit = normalised({ rows: pictures, width: WIDTH, data });
await serve(async () => {
  const pairs = await nearestPairs(unit, 0, LEAST_ALIKE, () => Promise.resolve());
  const copies = pairs.filter(({ a, b }) => a % COPY === 1 && b === a - 1).length;
  const wanted = Math.ceil((pictures - 1) / COPY);
  if (copies !== wanted) throw new Error(`found ${copies} of ${wanted} copies`);
  return undefined;
});
