import { layerNamed, type Architecture, type LayerSpec } from './layers.ts';

/**
 * Where the cells of the output are in the input: the middle of what each row (and, since input and layers are square,
 * each column) of cells is computed from, 0..1. At mixed7 and 150 pixels the middles of the 7 rows are 16 pixels apart, the
 * first at 21.5 and the last at 117.5: layers without padding leave more of the input out at its end than at its start.
 */
export function cellCentres(architecture: Architecture): number[] {
  const path: LayerSpec[] = [];
  let layer = layerNamed(architecture, architecture.output);
  // Branches that are joined have the same middles, so the first stands for all.
  for (let [inbound] = layer.inbound; inbound !== undefined; [inbound] = layer.inbound) {
    path.unshift(layer);
    layer = layerNamed(architecture, inbound);
  }
  const size = layer.outputShape[0]!;
  // In pixels of the input.
  let first = 0.5;
  let apart = 1;
  let length = size;
  for (const step of path) {
    const window = windowOf(step);
    const next = step.outputShape[0]!;
    if (window) {
      const { extent, stride, padding } = window;
      const padded = padding === 'same' ? Math.max(0, (next - 1) * stride + extent - length) : 0;
      first += apart * ((extent - 1) / 2 - Math.floor(padded / 2));
      apart *= stride;
    }
    length = next;
  }
  return Array.from({ length }, (_, index) => (first + index * apart) / size);
}

/** The height of a sliding window; null for layers that leave every cell in its place. */
function windowOf(layer: LayerSpec): { extent: number; stride: number; padding: 'same' | 'valid' } | null {
  switch (layer.className) {
    case 'Conv2D':
      return { extent: layer.kernelSize[0], stride: layer.strides[0], padding: layer.padding };
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return { extent: layer.poolSize[0], stride: layer.strides[0], padding: layer.padding };
    default:
      return null;
  }
}
