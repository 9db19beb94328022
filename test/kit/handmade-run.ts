import { mkdir } from 'node:fs/promises';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import { layerNamed, type LayerSpec } from '../../main/model/architecture/layers.ts';
import { withHead } from '../../main/model/architecture/with-head.ts';
import { tensorSource, writeSafetensors } from '../../main/files/safetensors.ts';
import { loadWeights } from '../../main/model/weights/store.ts';
import { RunFolder } from '../../main/training/run-folder.ts';
import { evaluate, type Scored } from '../../shared/metrics.ts';
import { recipeSchema, type Recipe } from '../../shared/recipe.ts';

/**
 * Makes the folder of a run whose head has Glorot-uniform weights instead of trained ones: what exports write does not
 * depend on how good a model is. Biases are not zero, so that a lost one is noticed.
 */
export async function makeRun(
  dir: string,
  options: Partial<Recipe> = {},
  classes: [string, string] = ['flags', 'smileys'],
): Promise<RunFolder> {
  const recipe = recipeSchema.parse(options);
  const base = inceptionV3(recipe);
  const architecture = withHead(base, recipe);
  const folder = new RunFolder(dir);
  await mkdir(dir, { recursive: true });
  const random = xoroshiro128plus(7);
  const uniform = (limit: number) => (): number => (uniformFloat64(random) * 2 - 1) * limit;
  const dense = architecture.layers.filter(({ className }) => className === 'Dense');
  const tensors = dense.flatMap((layer: LayerSpec) =>
    layer.weights.map(({ name, shape }) => {
      const limit = name === 'bias' ? 0.1 : Math.sqrt(6 / (shape[0]! + shape[1]!));
      const values = Float32Array.from(
        { length: shape.reduce((product, size) => product * size, 1) },
        uniform(limit),
      );
      return tensorSource(`${layer.name}/${name}`, shape, values);
    }),
  );
  await writeSafetensors(folder.headPath, tensors);
  const { fingerprint } = await loadWeights(recipe.weights);
  const scored: Scored[] = [0.9, 0.2, 0.7, 0.4].map((probability, index) => ({
    probability,
    label: index < 2 ? 1 : 0,
  }));
  await folder.write({
    format: 'twofold-run',
    version: 1,
    createdAt: '2026-01-02T03:04:05.000Z',
    classes,
    recipe,
    weights: { name: recipe.weights, fingerprint },
    featureShape: [...layerNamed(base, recipe.cut).outputShape],
    counts: { train: [10, 11], validation: [2, 2] },
    bestEpoch: 1,
    history: [{ epoch: 1, durationMs: 1000, loss: 0.5, accuracy: 0.8, valLoss: 0.6, valAccuracy: 0.75 }],
    evaluation: evaluate(
      scored,
      scored.map(({ probability }) => Math.log(probability / (1 - probability))),
    ),
  });
  return folder;
}
