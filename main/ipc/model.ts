import type { HandlersOf } from './answer.ts';
import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import { countParameters, layerNamed } from '../model/architecture/layers.ts';
import { withHead } from '../model/architecture/with-head.ts';
import { summary } from '../model/summary.ts';

export function modelHandlers(): HandlersOf<'model'> {
  return {
    'model.summary': ({ recipe: { cut, size, units, dropout } }) => {
      const base = inceptionV3({ cut, size });
      const { layers, ...rest } = withHead(base, { units, dropout });
      return {
        text: summary({ layers, ...rest }),
        totalParameters: countParameters(layers),
        trainableParameters: countParameters(layers, true),
        featureShape: layerNamed(base, base.output).outputShape.map(Number),
      };
    },
    'model.cuts': () =>
      inceptionV3({ cut: 'mixed10' })
        .layers.filter(({ className }) => className !== 'InputLayer')
        .map(({ name }) => name),
    'model.weights': async () => {
      // Loaded on demand: it includes a library for Keras files.
      const { bestWeights, listWeights } = await import('../model/weights/store.ts');
      const best = await bestWeights();
      return (await listWeights())
        .filter(({ available }) => available)
        .map(({ name, title }) => ({ name, title, isDefault: name === best }));
    },
  };
}
