import type { KerasFile } from './keras-h5.ts';
import type { TensorKey } from './canonical.ts';
import type { MatchedTensor } from './match.ts';
import type { StoredTensor } from './weights-file.ts';

/**
 * Tensors of a Keras file in the form in which they are stored; values are read when needed. InceptionV3 has no gammas; those
 * of a file are moved into the preceding convolution, which gives the same outputs: gamma · (conv(x, k) - mean) / σ =
 * (conv(x, gamma·k) - gamma·mean) / σ.
 */
export function storedTensors(file: KerasFile, matched: readonly MatchedTensor[]): StoredTensor[] {
  const sources = new Map<TensorKey, string>(matched.map(({ key, source }) => [key, source]));
  return matched
    .filter(({ key }) => !key.endsWith('/gamma'))
    .map(({ key, shape, source }) => ({
      key,
      shape,
      values: () => {
        const { values } = file.read(source);
        const gamma = isScaledByGamma(key) ? sources.get(gammaKey(key)) : undefined;
        if (gamma !== undefined) scaleChannels(values, file.read(gamma).values);
        return values;
      },
    }));
}

const isScaledByGamma = (key: TensorKey): boolean => key.endsWith('/kernel') || key.endsWith('/moving_mean');

const gammaKey = (key: TensorKey): TensorKey =>
  `${key.split('/', 1)[0]!.replace('conv2d', 'batch_normalization')}/gamma`;

/** Multiplies in place by one factor per channel, channels last. */
function scaleChannels(values: Float32Array, factors: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i]! *= factors[i % factors.length]!;
}
