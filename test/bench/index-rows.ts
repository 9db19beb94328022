import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { INDEX_WIDTH, indexStore } from '../../main/insight/index-store.ts';
import { cacheDir, type Project } from '../../main/library/project.ts';
import { seededGenerator } from '../../main/support/random.ts';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';

/** No real weights: the vectors are made here. */
export const INDEX_MODEL: IndexModel = {
  weights: 'none',
  fingerprint: '0'.repeat(64),
  resize: 'nearest',
  bits16: 16,
};

/**
 * Writes an index of random vectors with a shift for every other picture.
 *
 * @param hashes of the pictures
 * @param model whose vectors they pretend to be
 */
export async function fillIndex(
  project: Project,
  hashes: readonly string[],
  model: IndexModel = INDEX_MODEL,
): Promise<void> {
  const random = seededGenerator(1);
  const writer = await indexStore(cacheDir(project), model).writer();
  for (let start = 0; start < hashes.length; start += 1000) {
    const some = hashes.slice(start, start + 1000);
    const vectors = Float32Array.from(
      { length: some.length * INDEX_WIDTH },
      (_, at) => uniformFloat64(random) + ((Math.floor(at / INDEX_WIDTH) + 1) % 2) * 0.05 * (at % 3),
    );
    await writer.append(some, vectors);
  }
  await writer.close();
}
