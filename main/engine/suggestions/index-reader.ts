import type { IndexModel } from '../../../shared/jobs/index-pictures.ts';
import { INDEX_WIDTH, indexStore } from '../../insight/index-store.ts';
import { RowBlocks } from '../../insight/row-blocks.ts';
import type { VectorReader } from '../../insight/vector-store.ts';
import { PictureTable } from '../../library/reading/picture-table.ts';
import type { Db } from '../../library/database/sql.ts';
import { eachIndex, type AsyncSteps, type Steps } from '../../support/steps.ts';
import type { IndexedPictures } from './indexed-pictures.ts';

/** Pictures per step. */
const SOME = 4096;

/** Reads the pictures of a project and their vectors, and later what was added to the index. One reading at a time. */
export class IndexReader {
  #vectors = new RowBlocks(INDEX_WIDTH);
  readonly #rowOfHash = new Map<string, number>();
  #reader: VectorReader | null = null;
  #model: IndexModel | null = null;

  /** @param cacheDir cache folder of the project */
  constructor(
    private readonly db: Db,
    private readonly cacheDir: string,
  ) {}

  /** Whether vectors of another model were read before, or none. */
  isOther(model: IndexModel): boolean {
    return !this.#model || !isSame(model, this.#model);
  }

  /** Reads the library again, and new vectors of the index. */
  async *read(model: IndexModel): AsyncSteps<IndexedPictures> {
    if (this.isOther(model)) {
      this.#reader = indexStore(this.cacheDir, model).reader();
      this.#rowOfHash.clear();
      this.#vectors = new RowBlocks(INDEX_WIDTH);
      this.#model = model;
    }
    return yield* this.more(yield* PictureTable.read(this.db));
  }

  /** Reads what was added to the index, for the pictures of a table. */
  async *more(table: PictureTable): AsyncSteps<IndexedPictures> {
    const vectors = this.#vectors;
    if (this.#reader) {
      yield* this.#reader.more((hash, vector) => {
        const row = this.#rowOfHash.get(hash);
        if (row === undefined) this.#rowOfHash.set(hash, vectors.push(vector));
        else vectors.row(row).set(vector);
      });
    }
    return { table, vectors, rows: yield* this.#rowsOf(table) };
  }

  *#rowsOf({ hashes }: PictureTable): Steps<Int32Array> {
    const rows = new Int32Array(hashes.length).fill(-1);
    yield* eachIndex(hashes.length, SOME, (index) => {
      const row = this.#rowOfHash.get(hashes[index]!);
      if (row !== undefined) rows[index] = row;
    });
    return rows;
  }
}

const isSame = (a: IndexModel, b: IndexModel): boolean =>
  a.fingerprint === b.fingerprint && a.resize === b.resize && a.bits16 === b.bits16;
