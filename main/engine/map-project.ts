import { TwofoldError } from '../../shared/errors.ts';
import { plural } from '../../shared/format.ts';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import type { MapResult } from '../../shared/jobs/map.ts';
import { FEWEST_ON_MAP, type MapMethod, type PictureMap } from '../../shared/map.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { listContents, type PictureContent } from '../library/reading/contents.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
import { indexPictures } from './index-library.ts';
import { finish, finishAsync } from '../support/steps.ts';
import { IndexReader } from './suggestions/index-reader.ts';
import { indexedContents, PictureMapper } from './suggestions/picture-map.ts';

export interface ProjectMap extends PictureMap {
  /** In the order of `ids`. */
  pictures: PictureContent[];
}

/**
 * Places all pictures of a project on a map; first indexes those that are missing from the index. A map of the same
 * pictures comes from the cache.
 *
 * @param options `onEvent` receives the progress of the stages `indexing` and `mapping`
 * @throws TwofoldError `not-found` for a project without pictures, `too-few` for fewer than three different ones
 */
export async function mapProject(
  project: Project,
  model: IndexModel,
  method: MapMethod,
  options: JobOptions,
): Promise<ProjectMap> {
  const { db } = project;
  const dir = cacheDir(project);
  const reader = new IndexReader(db, dir);
  let indexed = await finishAsync(reader.read(model));
  const all = listContents(db);
  const missing = all.filter((_, index) => indexed.rows[index]! < 0);
  const pictures = all.filter((_, index) => indexed.rows[index]! >= 0);
  if (await indexPictures(project, model, { pictures, missing }, options)) {
    indexed = await finishAsync(reader.read(model));
  }
  const mapper = new PictureMapper(dir);
  const contents = finish(indexedContents(indexed));
  let map = await finishAsync(mapper.map(indexed, model, method));
  if (method === 'umap' && (!map || map.added + map.removed > 0)) {
    const { placed } = await computeUmap(project, model, contents, options);
    if (placed < FEWEST_ON_MAP) throw tooFew(project, placed);
    map = await finishAsync(mapper.map(indexed, model, method));
  }
  if (!map) throw tooFew(project, contents.length);
  const ofId = new Map(all.map((picture) => [picture.id, picture]));
  return { ...map, pictures: [...map.ids].map((id) => ofId.get(id)!) };
}

/**
 * Computes the map of indexed pictures by UMAP and stores it in the cache.
 *
 * @param contents SHA-256 of the pictures; those that are not indexed are skipped
 * @param options `onEvent` receives the progress of the stage `mapping`
 * @returns the number of different pictures on it; fewer than `FEWEST_ON_MAP`: nothing was stored
 */
export async function computeUmap(
  project: Project,
  model: IndexModel,
  contents: readonly string[],
  options: JobOptions,
): Promise<MapResult> {
  const pictures = contents.map((sha256) => ({ sha256 }));
  return runJob({ kind: 'map', cacheDir: cacheDir(project), model, pictures }, options);
}

function tooFew({ name }: Project, contents: number): TwofoldError {
  const found = plural(contents, 'different picture');
  return new TwofoldError(
    'too-few',
    `A map needs at least ${FEWEST_ON_MAP} different pictures that can be read; ${name} has ${found}. Import more.`,
  );
}
