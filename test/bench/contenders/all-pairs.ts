import { z } from 'zod';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { nearestPairs } from '../../../main/jobs/nearest-pairs.ts';
import { normalised } from '../../../main/insight/neighbours.ts';
import { seededGenerator } from '../../../main/support/random.ts';
import { options, serve } from './serve.ts';

const WIDTH = 768;
/** Every so many vectors one is a near copy of the one before. */
const COPY = 50;
const { pictures } = options(z.object({ pictures: z.int().positive() }));

/** Compares all vectors of a large library with each other; every fiftieth is a near copy, which must be found. */
const random = seededGenerator(1, pictures);
const data = new Float32Array(pictures * WIDTH);
for (let row = 0; row < pictures; row++) {
  for (let column = 0; column < WIDTH; column++) {
    const at = row * WIDTH + column;
    const isCopy = row % COPY === 1;
    data[at] = isCopy
      ? data[at - WIDTH]! + 0.02 * uniformFloat64(random)
      : uniformFloat64(random) ** 3 * (column % 7 === row % 7 ? 2 : 1);
  }
}
const unit = normalised({ rows: pictures, width: WIDTH, data });
await serve(async () => {
  const pairs = await nearestPairs(unit, 0, 0.87, () => Promise.resolve());
  const copies = pairs.filter(({ a, b }) => a % COPY === 1 && b === a - 1).length;
  const wanted = Math.ceil((pictures - 1) / COPY);
  if (copies !== wanted) throw new Error(`found ${copies} of ${wanted} copies`);
  return undefined;
});
