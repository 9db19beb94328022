import type { LabelChange, LabelValue } from '../../../shared/library/labels.ts';
import type { Steps } from '../../support/steps.ts';
import { isSwapped } from '../labels/class-order.ts';
import { fromStored } from '../pictures/pictures.ts';
import { rows, type Db } from '../database/sql.ts';

/** Values of labels in a `PictureTable`, besides 0 and 1. */
export const UNLABELLED = -2;
const SKIPPED_LABEL = -1;
/** Rows per query: a few milliseconds. */
const PAGE = 2000;

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

  /** Reads all pictures. @yields after some thousand */
  static *read(db: Db): Steps<PictureTable> {
    const ids: number[] = [];
    const hashes: string[] = [];
    const [labels, isTest, hasProblem]: [number[], number[], number[]] = [[], [], []];
    const swapped = isSwapped(db);
    for (;;) {
      const found = rows<{ id: number; sha256: string; label: number | null; test: 0 | 1; problem: 0 | 1 }>(
        db,
        `SELECT id, sha256, label, split IS 'test' AS test, problem IS NOT NULL AS problem FROM pictures
         WHERE id > :after ORDER BY id LIMIT :most`,
        { after: ids.at(-1) ?? -1, most: PAGE },
      );
      for (const { id, sha256, label, test, problem } of found) {
        ids.push(id);
        hashes.push(sha256);
        labels.push(stored(fromStored(label, swapped)));
        isTest.push(test);
        hasProblem.push(problem);
      }
      if (found.length < PAGE) break;
      yield;
    }
    return new PictureTable(
      new Uint32Array(ids),
      hashes,
      new Int8Array(labels),
      new Uint8Array(isTest),
      new Uint8Array(hasProblem),
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
