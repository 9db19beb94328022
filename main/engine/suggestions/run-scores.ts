import type { Scored } from '../../../shared/metrics.ts';
import { getRunPictures, runProbabilities } from '../../library/runs/predictions.ts';
import type { Db } from '../../library/database/sql.ts';
import type { IndexedPictures } from './indexed-pictures.ts';

/** The predictions of a run, used for suggestions in place of the probe. */
export class RunScores {
  /** Id of the run; null if the probe suggests. */
  run: string | null = null;
  /** Probability of class 1 of each picture, in the order of the table; NaN if the run has not predicted it. */
  probabilities = new Float32Array();

  constructor(private readonly db: Db) {}

  /** Reads the predictions so far. */
  read(run: string | null, { table }: IndexedPictures): void {
    this.run = run;
    this.probabilities = new Float32Array(table.size).fill(NaN);
    if (run === null) return;
    const known = runProbabilities(this.db, run);
    let at = 0;
    table.ids.forEach((id, index) => {
      // Both are in ascending order.
      while (at < known.ids.length && known.ids[at]! < id) at++;
      if (known.ids[at] === id) this.probabilities[index] = known.probabilities[at]!;
    });
  }

  /** Predictions and labels of its validation pictures, to estimate its accuracy. */
  validation({ table }: IndexedPictures): Scored[] {
    if (this.run === null) return [];
    return getRunPictures(this.db, this.run).flatMap(({ id, split, probability }): Scored[] => {
      const index = table.indexOf(id);
      const label = index >= 0 && table.isTest[index] === 0 ? table.labels[index]! : -1;
      return split === 'validation' && probability !== null && label >= 0
        ? [{ probability, label: label as 0 | 1 }]
        : [];
    });
  }
}
