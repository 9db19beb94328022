import { TwofoldError } from '../../shared/errors.ts';
import { plural } from '../../shared/format.ts';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import { FEWEST_ON_MAP, type MapMethod, type PictureMap } from '../../shared/map.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { listContents, type PictureContent } from '../library/reading/contents.ts';
import type { JobOptions } from '../training/supervisor.ts';
import { indexPictures } from './index-library.ts';
import { IndexedPictures } from './suggestions/indexed-pictures.ts';
import { PictureMapper } from './suggestions/picture-map.ts';

export interface ProjectMap extends PictureMap {
  /** In the order of `ids`. */
  pictures: PictureContent[];
}

/**
 * Places all pictures of a project on a map; first indexes those that are missing from the index.
 *
 * @param options `onEvent` receives the progress of the stage `indexing`
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
  const indexed = new IndexedPictures(db, dir);
  await indexed.read(model);
  const all = listContents(db);
  const missing = all.filter((_, index) => indexed.rows[index]! < 0);
  const pictures = all.filter((_, index) => indexed.rows[index]! >= 0);
  if (await indexPictures(project, model, { pictures, missing }, options)) await indexed.read(model);
  const mapper = new PictureMapper(indexed, dir);
  mapper.read(model);
  const map = await stepped(mapper, method);
  if (map === 'none') {
    const found = plural(mapper.contents().length, 'different picture');
    throw new TwofoldError(
      'too-few',
      `A map needs at least ${FEWEST_ON_MAP} different pictures that can be read; ${project.name} has ${found}. Import more.`,
    );
  }
  const ofId = new Map(all.map((picture) => [picture.id, picture]));
  return { ...map, pictures: [...map.ids].map((id) => ofId.get(id)!) };
}

async function stepped(mapper: PictureMapper, method: MapMethod): Promise<PictureMap | 'none'> {
  for (;;) {
    const map = await mapper.step(method);
    if (map !== null) return map;
  }
}
