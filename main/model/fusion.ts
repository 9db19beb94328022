import type { Architecture, LayerSpec, PoolingConfig } from './architecture/layers.ts';

export type ConvolutionSpec = Extract<LayerSpec, { className: 'Conv2D' }>;
export type PoolingSpec = PoolingConfig & LayerSpec;
export type NormalizationSpec = Extract<LayerSpec, { className: 'BatchNormalization' }>;

/** Layers that run as one, ending in a batch normalisation. */
export interface Fusion {
  /** The convolution right before it, into which it is folded. */
  convolution: ConvolutionSpec;
  /**
   * An average pooling before a 1×1 convolution. One mixes positions, the other channels, so their order can be changed;
   * after the convolution there are fewer channels to pool (192 instead of 768 in mixed4 to mixed7, 2% of the forward pass).
   */
  pooling: PoolingSpec | null;
}

/**
 * Finds the batch normalisations that can be folded into the convolution before them, because nothing else uses that
 * convolution's output.
 *
 * @param outputs layers whose outputs must stay available
 * @returns by name of the normalisation
 */
export function findFusions({ layers }: Architecture, outputs: readonly string[]): Map<string, Fusion> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const consumers = new Map<string, number>();
  for (const name of [...layers.flatMap(({ inbound }) => inbound), ...outputs]) {
    consumers.set(name, (consumers.get(name) ?? 0) + 1);
  }
  const onlyInput = (layer: LayerSpec): LayerSpec | null => {
    const input = layer.inbound[0]!;
    return consumers.get(input) === 1 ? byName.get(input)! : null;
  };
  const fusions = new Map<string, Fusion>();
  for (const layer of layers) {
    if (layer.className !== 'BatchNormalization') continue;
    const convolution = onlyInput(layer);
    if (convolution?.className !== 'Conv2D' || convolution.activation !== 'linear') continue;
    const pooling = onlyInput(convolution);
    const isSwapped =
      pooling?.className === 'AveragePooling2D' &&
      isPointwise(convolution) &&
      convolution.filters < pooling.outputShape.at(-1)!;
    fusions.set(layer.name, { convolution, pooling: isSwapped ? pooling : null });
  }
  return fusions;
}

const isPointwise = ({ kernelSize, strides }: ConvolutionSpec): boolean =>
  [...kernelSize, ...strides].every((length) => length === 1);
