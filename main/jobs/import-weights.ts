import type { ImportWeightsJob, ImportWeightsResult } from '../../shared/jobs/import-weights.ts';
import { isOfficialFile } from '../model/weights/official.ts';
import { importWeights, storeOfficial } from '../model/weights/store.ts';

/**
 * Imports weights into the store; the official file under its own name.
 *
 * @throws TwofoldError as `importWeights`
 */
export async function runImportWeightsJob({ file, name }: ImportWeightsJob): Promise<ImportWeightsResult> {
  const info = (await isOfficialFile(file)) ? await storeOfficial(file) : await importWeights(file, name);
  return { kind: 'import-weights', name: info.name, title: info.title };
}
