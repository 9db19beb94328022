import type { KnownPictures } from '../../shared/jobs/index-pictures.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { listContents } from '../library/reading/contents.ts';
import { indexModel } from './index-library.ts';

/** The project's labelled pictures, so that predictions can flag pictures that are unlike all of them. */
export async function knownPictures(project: Project): Promise<KnownPictures> {
  const model = await indexModel(project);
  const labelled = listContents(project.db).filter(({ label }) => label === 0 || label === 1);
  return { cacheDir: cacheDir(project), model, hashes: labelled.map(({ sha256 }) => sha256) };
}
