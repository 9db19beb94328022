import { assemble } from './assemble.ts';
import type { Architecture, LayerConfig } from './layers.ts';
import { KerasNames } from './names.ts';

export interface HeadOptions {
  /** Units of each hidden Dense layer. */
  units: readonly number[];
  /** Fraction dropped after each hidden Dense layer; with 0 there are no Dropout layers. */
  dropout: number;
}

/**
 * Puts the trainable head on a base, named as a fresh session of Keras names it: flatten, then dense (ReLU) and dropout
 * for each hidden layer (dense, dropout, dense_1, dropout_1, …), and last a Dense of one unit with a sigmoid.
 */
export function withHead(base: Architecture, { units, dropout }: HeadOptions): Architecture {
  const names = new KerasNames();
  const layers: LayerConfig[] = [...base.layers];
  let x = base.output;
  const add = (layer: LayerConfig): void => {
    layers.push(layer);
    x = layer.name;
  };
  add({ className: 'Flatten', name: names.next('flatten'), trainable: true, inbound: [x] });
  for (const count of units) {
    add({
      className: 'Dense',
      name: names.next('dense'),
      trainable: true,
      inbound: [x],
      units: count,
      useBias: true,
      activation: 'relu',
    });
    if (dropout > 0) {
      add({
        className: 'Dropout',
        name: names.next('dropout'),
        trainable: true,
        inbound: [x],
        rate: dropout,
      });
    }
  }
  add({
    className: 'Dense',
    name: names.next('dense'),
    trainable: true,
    inbound: [x],
    units: 1,
    useBias: true,
    activation: 'sigmoid',
  });
  return assemble(base.name, layers, x);
}
