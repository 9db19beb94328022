import type { LabelChange, LabelValue } from '../../../shared/library/labels.ts';
import { isSwapped } from '../labels/class-order.ts';
import { fromStored } from '../pictures/pictures.ts';
import { rows, type Db } from '../database/sql.ts';

/** Values of labels in a `PictureTable`, besides 0 and 1. */
export const UNLABELLED = -2;
const SKIPPED_LABEL = -1;

/** The columns of all pictures as arrays, since 100,000 objects would take ten times the memory. */
export class PictureTable {
  private constructor(
    /** Ascending. */
    readonly ids: Uint32Array,
    readonly hashes: readonly string[],
    /** 0 or 1, `SKIPPED_LABEL` or `UNLABELLED`. */
    readonly labels: Int8Array,
    /** 1 for pictures of the test set. */
    readonly isTest: Uint8Array,
    /** 1 if the file is missing or changed. */
    readonly hasProblem: Uint8Array,
  ) {}

  static read(db: Db): PictureTable {
    const found = rows<{ id: number; sha256: string; label: number | null; test: 0 | 1; problem: 0 | 1 }>(
      db,
      `SELECT id, sha256, label, split IS 'test' AS test, problem IS NOT NULL AS problem FROM pictures ORDER BY id`,
    );
    const swapped = isSwapped(db);
    return new PictureTable(
      Uint32Array.from(found, ({ id }) => id),
      found.map(({ sha256 }) => sha256),
      Int8Array.from(found, ({ label }) => stored(fromStored(label, swapped))),
      Uint8Array.from(found, ({ test }) => test),
      Uint8Array.from(found, ({ problem }) => problem),
    );
  }

  static empty(): PictureTable {
    return new PictureTable(new Uint32Array(), [], new Int8Array(), new Uint8Array(), new Uint8Array());
  }

  get size(): number {
    return this.ids.length;
  }

  /** Index of a picture in the columns; -1 if unknown. */
  indexOf(id: number): number {
    const { ids } = this;
    let [low, high] = [0, ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return ids[low] === id ? low : -1;
  }

  /** Applies label changes made since it was read. */
  label(changes: readonly LabelChange[]): void {
    for (const { id, label } of changes) {
      const index = this.indexOf(id);
      if (index >= 0) this.labels[index] = stored(label);
    }
  }
}

function stored(label: LabelValue): number {
  if (label === null) return UNLABELLED;
  return label === 'skipped' ? SKIPPED_LABEL : label;
}
