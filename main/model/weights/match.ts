import { TwofoldError } from '../../../shared/errors.ts';
import type { WeightName } from '../architecture/layers.ts';
import {
  CANONICAL_TENSORS,
  CONVOLUTIONS,
  numbered,
  tensorKey,
  type CanonicalTensor,
  type TensorKey,
} from './canonical.ts';

/** A tensor of InceptionV3 and its name in a file. */
export interface MatchedTensor extends CanonicalTensor {
  source: string;
}

type Kind = 'conv2d' | 'batch_normalization';
const KINDS: readonly Kind[] = ['conv2d', 'batch_normalization'];
const NAME =
  /^(conv2d|batch_normalization)(?:_(\d+))?\/(kernel|bias|gamma|beta|moving_mean|moving_variance)(?::0)?$/;

/**
 * Finds InceptionV3's tensors in a Keras file. Keras numbers layers by session (starting without a number, at 1 in the
 * official file, or anywhere), so they are matched by the order of their numbers. Every shape is checked. A file of a
 * network that ends earlier (such as one cut at mixed7) gives the tensors it has.
 *
 * @param shapes name (`conv2d_1/kernel:0`; `:0` may be absent) → shape, for everything in the file
 * @returns in canonical order; the gamma of a batch normalisation follows its other tensors
 * @throws TwofoldError `bad-input` when the file does not contain InceptionV3
 */
export function matchInception(
  shapes: ReadonlyMap<string, readonly number[]>,
  file: string,
): MatchedTensor[] {
  const found = new Map<TensorKey, { source: string; shape: readonly number[] }>();
  for (const kind of KINDS) {
    for (const { index, weight, source } of ordered(kind, shapes)) {
      found.set(tensorKey(numbered(kind, index), weight), { source, shape: shapes.get(source)! });
    }
  }
  const matched: MatchedTensor[] = [];
  for (let index = 0; index < CONVOLUTIONS; index++) {
    if (!found.has(tensorKey(numbered('conv2d', index), 'kernel'))) continue;
    matched.push(...matchConvolution(index, found, file));
  }
  if (matched.length === 0 || !found.has('conv2d/kernel'))
    throw notInception(file, 'it has no convolutions (conv2d)');
  return matched;
}

function matchConvolution(
  index: number,
  found: ReadonlyMap<TensorKey, { source: string; shape: readonly number[] }>,
  file: string,
): MatchedTensor[] {
  const convolution = numbered('conv2d', index);
  const normalization = numbered('batch_normalization', index);
  if (found.has(tensorKey(convolution, 'bias'))) {
    throw notInception(file, `its convolution ${convolution} has a bias`);
  }
  const matched: MatchedTensor[] = [];
  const normalized = canonicalOf(normalization);
  const gamma = { key: tensorKey(normalization, 'gamma'), shape: normalized[0]!.shape };
  for (const expected of [...canonicalOf(convolution), ...normalized, gamma]) {
    const tensor = found.get(expected.key);
    if (!tensor) {
      if (expected === gamma) continue;
      throw notInception(file, `${expected.key} (numbered from 0) is missing`);
    }
    if (expected.shape.join() !== tensor.shape.join()) {
      const [wanted, given] = [expected.shape, tensor.shape].map((shape) => `[${shape.join(', ')}]`);
      throw notInception(file, `${tensor.source} has the shape ${given!} instead of ${wanted!}`);
    }
    matched.push({ ...expected, source: tensor.source });
  }
  return matched;
}

/** The tensors of one kind of layer, with the layer's index from 0. */
function ordered(
  kind: Kind,
  shapes: ReadonlyMap<string, unknown>,
): { index: number; weight: WeightName; source: string }[] {
  const parsed = [...shapes.keys()].flatMap((source) => {
    const match = NAME.exec(source);
    return match?.[1] === kind
      ? [{ number: Number(match[2] ?? 0), weight: match[3] as WeightName, source }]
      : [];
  });
  const numbers = [...new Set(parsed.map(({ number }) => number))].sort((a, b) => a - b);
  // A network cut inside a block has gaps, so the number itself counts; a whole one may have gaps where its session created
  // other layers in between, so the order counts.
  const isWhole = numbers.length >= CONVOLUTIONS;
  const index = (number: number): number => (isWhole ? numbers.indexOf(number) : number - numbers[0]!);
  return parsed.map(({ number, weight, source }) => ({ index: index(number), weight, source }));
}

const canonicalOf = (layer: string): CanonicalTensor[] =>
  CANONICAL_TENSORS.filter(({ key }) => key.startsWith(`${layer}/`));

const notInception = (file: string, reason: string): TwofoldError =>
  new TwofoldError(
    'bad-input',
    `${file} does not contain InceptionV3's weights as Keras writes them: ${reason}. ` +
      'Expected a .h5 file of keras.applications.InceptionV3, with or without its top.',
  );
