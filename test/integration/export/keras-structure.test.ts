import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelConfig, trainingConfig } from '../../../main/export/keras/config.ts';
import { writeKeras } from '../../../main/export/keras/keras.ts';
import type { ExportModel } from '../../../main/export/model.ts';
import { inceptionV3 } from '../../../main/model/architecture/inception-v3.ts';
import { architectureFromKerasConfig } from '../../../main/model/architecture/keras-config.ts';
import { withHead } from '../../../main/model/architecture/with-head.ts';
import { openKerasFile } from '../../../main/model/weights/keras-h5.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { here, python, ROOT, temporaryFolder } from '../../kit/export-support.ts';

const REFERENCE = join(ROOT, 'test/reference/keras');

interface Node {
  attributes: Record<string, unknown>;
  dtype?: string;
  shape?: number[];
  sha256?: string;
}

const describeFile = async (path: string): Promise<Record<string, Node>> =>
  JSON.parse(await python(here('describe_h5.py'), path)) as Record<string, Node>;

test('the tutorial’s model is described as Keras describes it, field by field', () => {
  const reference = JSON.parse(readFileSync(join(REFERENCE, 'tutorial-config.json'), 'utf8')) as {
    model_config: object;
    training_config: { optimizer_config: { config: Record<string, unknown> } };
  };
  const architecture = withHead(inceptionV3(), DEFAULT_RECIPE);
  expect(modelConfig(architecture)).toEqual(reference.model_config);

  const ours = trainingConfig(DEFAULT_RECIPE) as typeof reference.training_config & { loss: string };
  expect(ours.loss).toBe('binary_crossentropy');
  // Fewer fields than Keras 2.15 writes, since Keras 3 refuses some of them: those that are there must agree.
  expect(reference.training_config.optimizer_config.config).toMatchObject(ours.optimizer_config.config);
});

test('a model that Keras saved is written again as the same file: names, attributes, every array', async () => {
  const original = join(REFERENCE, 'small.h5');
  const file = await openKerasFile(original);
  const architecture = architectureFromKerasConfig(file.modelConfig);
  const read: ExportModel['read'] = (layer, weight) =>
    Promise.resolve(file.read(`${layer.name}/${weight}:0`).values);
  const model = {
    architecture,
    read,
    run: { recipe: DEFAULT_RECIPE },
  } as unknown as ExportModel;
  const folder = temporaryFolder();
  await writeKeras(model, folder, () => Promise.resolve());
  file.close();

  const [ours, theirs] = await Promise.all([join(folder, 'model.h5'), original].map(describeFile));
  const root = ours!['/']!.attributes;
  const expected = theirs!['/']!.attributes;
  expect(JSON.parse(root.model_config as string)).toEqual(JSON.parse(expected.model_config as string));
  expect(JSON.parse(root.training_config as string)).toEqual(trainingConfig(DEFAULT_RECIPE));
  expect(Object.keys(root).sort()).toEqual(Object.keys(expected).sort());
  const withoutConfigs = (nodes: Record<string, Node> | undefined): unknown => {
    const { model_config: _, training_config: __, ...attributes } = nodes!['/']!.attributes;
    return { ...nodes, '/': { attributes } };
  };
  expect(withoutConfigs(ours)).toEqual(withoutConfigs(theirs));
});
