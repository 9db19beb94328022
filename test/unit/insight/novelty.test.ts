import { afterAll, describe, expect, it } from 'vitest';
import type { Matrix } from '../../../main/insight/matrix.ts';
import { rowOf } from '../../../main/insight/matrix.ts';
import { nearest, normalised } from '../../../main/insight/neighbours.ts';
import { Novelty } from '../../../main/jobs/novelty.ts';
import { tf } from '../../../main/model/tensorflow.ts';
import { pictureRng } from '../../../main/pictures/random.ts';

function vectors(rows: number, seed: number, width = 12): Matrix {
  const random = pictureRng(seed, 0, 0);
  return { rows, width, data: Float32Array.from({ length: rows * width }, () => random()) };
}

describe('the distance to everything labelled', () => {
  const known = vectors(300, 1);
  const unit = normalised(known);
  const before = tf.memory().numTensors;
  const novelty = Novelty.of(known);
  afterAll(() => {
    novelty.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is that to the nearest of them, as the exact search finds it', () => {
    const asked = vectors(70, 2);
    const found = novelty.distancesOf(asked);
    for (let row = 0; row < asked.rows; row++) {
      const [first] = nearest(unit, rowOf(asked, row), { count: 1 });
      expect(found[row]).toBeCloseTo(1 - first!.similarity, 5);
    }
  });

  it('is above the limit for one in a hundred of the labelled pictures, of their nearest other one', () => {
    const own = Array.from({ length: known.rows }, (_, row) => {
      const [first] = nearest(unit, rowOf(known, row), { count: 1, except: (other) => other === row });
      return 1 - first!.similarity;
    });
    expect(own.filter((distance) => distance > novelty.limit + 1e-6)).toHaveLength(3);
  });
});
