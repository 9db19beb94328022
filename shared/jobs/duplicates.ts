import type { IndexModel } from './index-pictures.ts';
import type { LeftOut } from './left-out.ts';

/** Finds near-duplicates among pictures, and stores them in the cache; pictures that the index lacks are added to it. */
export interface DuplicatesJob {
  kind: 'duplicates';
  /** Of the project. */
  cacheDir: string;
  model: IndexModel;
  /** Pictures that were not compared yet, and those they are to be compared with. */
  pictures: { path: string; sha256: string }[];
}

export interface DuplicatesResult {
  kind: 'duplicates';
  /** Pictures that had not been compared before. */
  compared: number;
  leftOut: LeftOut[];
}
