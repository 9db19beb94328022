import type { IndexModel } from '../../../shared/jobs/index-pictures.ts';
import { INDEX_WIDTH, indexStore } from '../../insight/index-store.ts';
import { RowBlocks } from '../../insight/row-blocks.ts';
import type { VectorReader } from '../../insight/vector-store.ts';
import { PictureTable } from '../../library/reading/picture-table.ts';
import type { Db } from '../../library/database/sql.ts';

/** The pictures of a project with their vectors (one per content), updated as pictures and index grow. */
export class IndexedPictures {
  table = PictureTable.empty();
  vectors = new RowBlocks(INDEX_WIDTH);
  /** Row of each picture's vector, in the order of the table; -1 if it is not indexed. */
  rows: Int32Array<ArrayBuffer> = new Int32Array();
  readonly #rowOfHash = new Map<string, number>();
  #reader: VectorReader | null = null;
  #model: IndexModel | null = null;

  /** @param cacheDir cache folder of the project */
  constructor(
    private readonly db: Db,
    private readonly cacheDir: string,
  ) {}

  /** Reads the library again, and new vectors of the index. */
  async read(model: IndexModel): Promise<void> {
    if (!this.#model || !isSame(model, this.#model)) {
      this.#reader = indexStore(this.cacheDir, model).reader();
      this.#rowOfHash.clear();
      this.vectors = new RowBlocks(INDEX_WIDTH);
    }
    this.#model = model;
    this.table = PictureTable.read(this.db);
    await this.readMore();
  }

  /** Reads what was added to the index, for the pictures that are known. */
  async readMore(): Promise<void> {
    await this.#reader?.more((hash, vector) => {
      const row = this.#rowOfHash.get(hash);
      if (row === undefined) this.#rowOfHash.set(hash, this.vectors.push(vector));
      else this.vectors.row(row).set(vector);
    });
    this.rows = Int32Array.from(this.table.hashes, (hash) => this.#rowOfHash.get(hash) ?? -1);
  }

  /** Number of pictures with a vector. */
  get indexed(): number {
    return this.rows.reduce((count, row) => count + Number(row >= 0), 0);
  }

  /**
   * Ids of the pictures to index: those that have a file but no vector, one per content.
   *
   * @param most length of `ids` at most; `total` counts all
   * @param except SHA-256 of contents that can't be read
   */
  missing(most: number, except: ReadonlySet<string>): { ids: number[]; total: number } {
    const { table, rows } = this;
    const contents = new Map<string, number>();
    table.hashes.forEach((hash, index) => {
      if (rows[index] === -1 && table.hasProblem[index] === 0 && !except.has(hash)) {
        contents.set(hash, table.ids[index]!);
      }
    });
    return { ids: [...contents.values()].slice(0, most), total: contents.size };
  }
}

const isSame = (a: IndexModel, b: IndexModel): boolean =>
  a.fingerprint === b.fingerprint && a.resize === b.resize && a.bits16 === b.bits16;
