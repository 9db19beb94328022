import { TwofoldError } from '../../../shared/errors.ts';
import { type Architecture, type LayerConfig, type LayerSpec } from './layers.ts';
import { nearest } from './names.ts';
import { specify } from './shapes.ts';

/**
 * Assembles a network from the layers that lead to `output`, in Keras' order and with their shapes.
 *
 * @param layers in any order; every inbound name is among them
 * @throws TwofoldError `unknown-layer` when `output` is not among the layers
 */
export function assemble(name: string, layers: readonly LayerConfig[], output: string): Architecture {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  if (!byName.has(output)) throw unknownLayer(output, [...byName.keys()]);
  const specs = new Map<string, LayerSpec>();
  for (const layer of kerasOrder(byName, output)) {
    specs.set(
      layer.name,
      specify(
        layer,
        layer.inbound.map((inbound) => specs.get(inbound)!.outputShape),
      ),
    );
  }
  const all = [...specs.values()];
  const inputs = all.filter((layer) => layer.className === 'InputLayer');
  if (inputs.length !== 1) {
    throw new TwofoldError(
      'unsupported',
      `A network with one input is expected, but ${name} has ${inputs.length}.`,
    );
  }
  return { name, layers: all, input: inputs[0]!.name, output };
}

/**
 * Keras' order of `model.layers`: by depth, which is the longest way to the output, deepest first; at equal depth in the
 * order in which a walk from the output, depth first, meets the layers (method of keras/engine/functional.py).
 */
function kerasOrder(byName: ReadonlyMap<string, LayerConfig>, output: string): LayerConfig[] {
  const met = new Map<LayerConfig, number>();
  const finished: LayerConfig[] = [];
  const visit = (layer: LayerConfig): void => {
    if (met.has(layer)) return;
    met.set(layer, met.size);
    for (const name of layer.inbound) visit(inboundLayer(byName, layer, name));
    finished.push(layer);
  };
  visit(byName.get(output)!);

  const depths = new Map<LayerConfig, number>(finished.map((layer) => [layer, 0]));
  for (const layer of finished.toReversed()) {
    const depth = depths.get(layer)! + 1;
    for (const name of layer.inbound) {
      const inbound = byName.get(name)!;
      depths.set(inbound, Math.max(depth, depths.get(inbound)!));
    }
  }
  return finished.sort((a, b) => depths.get(b)! - depths.get(a)! || met.get(a)! - met.get(b)!);
}

function inboundLayer(
  byName: ReadonlyMap<string, LayerConfig>,
  layer: LayerConfig,
  name: string,
): LayerConfig {
  const inbound = byName.get(name);
  if (inbound) return inbound;
  throw new TwofoldError(
    'bad-input',
    `Layer ${layer.name} takes its input from ${name}, but there is no such layer.`,
  );
}

function unknownLayer(name: string, known: readonly string[]): TwofoldError {
  const near = nearest(name, known, 5).join(', ');
  return new TwofoldError(
    'unknown-layer',
    `InceptionV3 has no layer "${name}". Layers are named as in Keras; similar names: ${near}. ` +
      'Usual cut layers are mixed0 to mixed10; "twofold summary" lists all layers.',
  );
}
