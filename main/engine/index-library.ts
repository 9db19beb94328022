import { TwofoldError } from '../../shared/errors.ts';
import type { IndexModel, IndexResult } from '../../shared/jobs/index-pictures.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { indexStore } from '../insight/index-store.ts';
import type { Matrix } from '../insight/matrix.ts';
import { distinctContents, listContents, type PictureContent } from '../library/reading/contents.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { getSettings } from '../library/settings.ts';
import { loadWeights } from '../model/weights/store.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';

/** Pictures with their vectors: row i belongs to picture i. */
export interface IndexedLibrary {
  pictures: PictureContent[];
  /** [pictures, 768] */
  matrix: Matrix;
  /** Pictures that are not indexed yet or can't be read. */
  missing: PictureContent[];
}

/**
 * The model of the project's index: the best available weights, default resizing, and the project's setting for 16
 * bits.
 */
export async function indexModel({ db }: Project): Promise<IndexModel> {
  const { name, fingerprint } = await loadWeights(DEFAULT_RECIPE.weights);
  return { weights: name, fingerprint, resize: DEFAULT_RECIPE.resize, bits16: getSettings(db).recipe.bits16 };
}

/** Reads the index and joins it with the pictures of the library. */
export async function readIndex(project: Project, model: IndexModel): Promise<IndexedLibrary> {
  const { hashes, matrix } = await indexStore(cacheDir(project), model).read();
  const rowOfHash = new Map(hashes.map((hash, row) => [hash, row]));
  const all = listContents(project.db);
  const pictures = all.filter(({ sha256 }) => rowOfHash.has(sha256));
  const data = new Float32Array(pictures.length * matrix.width);
  pictures.forEach(({ sha256 }, row) => {
    const from = rowOfHash.get(sha256)! * matrix.width;
    data.set(matrix.data.subarray(from, from + matrix.width), row * matrix.width);
  });
  return {
    pictures,
    matrix: { rows: pictures.length, width: matrix.width, data },
    missing: all.filter(({ sha256 }) => !rowOfHash.has(sha256)),
  };
}

/**
 * Indexes the pictures that are missing from the index, each content once.
 *
 * @returns null if none is missing
 * @throws TwofoldError `not-found` if the project has no pictures
 */
export async function indexPictures(
  project: Project,
  model: IndexModel,
  { missing, pictures }: Pick<IndexedLibrary, 'missing' | 'pictures'>,
  options: JobOptions,
): Promise<IndexResult | null> {
  if (missing.length + pictures.length === 0) {
    throw new TwofoldError('not-found', `${project.name} has no pictures yet. Import some first.`);
  }
  const wanted = missing.filter(({ problem }) => problem === null);
  if (wanted.length === 0) return null;
  return runJob(
    { kind: 'index', cacheDir: cacheDir(project), model, pictures: distinctContents(wanted) },
    options,
  );
}
