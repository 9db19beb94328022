import { TwofoldError } from '../../shared/errors.ts';
import { inceptionV3 } from './architecture/inception-v3.ts';
import { cellCentres } from './architecture/cell-centres.ts';
import { sizeOf, type Architecture } from './architecture/layers.ts';
import { cachedGraph } from './graph-cache.ts';
import { Graph, type Output } from './graph/graph.ts';
import { reshape } from './graph/layers.ts';
import { RunningGraph } from './graph/run.ts';
import { addNetwork } from './network.ts';
import { tf, type Tensor2D } from './tensorflow.ts';
import { loadWeights, type Weights, type WeightsReference } from './weights/store.ts';

/** Must be increased when the graph for the same weights, cut and size changes. */
const GRAPH_VERSION = 1;
const SIGNATURE = 'extract';
const FEATURES = 'features';
/** Pictures of 150×150 per forward pass; more would only take more memory (3 MB each). */
const PICTURES_AT_ONCE = 32;
const PIXELS_AT_ONCE = PICTURES_AT_ONCE * 150 * 150;

export interface ExtractorOptions {
  /** Name of weights; `default` means the best available. */
  weights?: string;
  /** Keras name of the layer whose output are the features. */
  cut?: string;
  /** Input height and width in pixels. */
  size?: number;
}

/**
 * The frozen base: InceptionV3 up to the cut layer, as one TensorFlow graph. The graph is cached in the user's data folder,
 * so the weights are read only the first time for each combination of weights, cut and size.
 */
export class FeatureExtractor {
  readonly #running: RunningGraph;
  /** The weights in use. Features depend on their fingerprint beside the picture. */
  readonly weights: WeightsReference;
  /** Height and width of the input in pixels. */
  readonly size: number;
  /** Shape of one picture's features: `[7, 7, 768]` at mixed7 with 150 pixels. */
  readonly shape: readonly number[];
  /** Number of one picture's features: 37,632 there. */
  readonly features: number;
  /** Where the rows, and columns, of the features' cells are in the picture, see `cellCentres`. */
  readonly cellCentres: readonly number[];
  readonly #atOnce: number;

  private constructor(
    running: RunningGraph,
    weights: WeightsReference,
    size: number,
    architecture: Architecture,
  ) {
    this.#running = running;
    this.weights = { name: weights.name, fingerprint: weights.fingerprint };
    this.size = size;
    this.shape = architecture.layers.at(-1)!.outputShape;
    this.features = sizeOf(this.shape);
    this.cellCentres = cellCentres(architecture);
    this.#atOnce = Math.max(1, Math.floor(PIXELS_AT_ONCE / size ** 2));
  }

  /**
   * @throws TwofoldError `unknown-layer`, `size-too-small`; `not-found` and `corrupt` for the weights; `bad-input` when the
   * weights end before the cut
   */
  static async load({
    weights: name = 'default',
    cut = 'mixed7',
    size = 150,
  }: ExtractorOptions = {}): Promise<FeatureExtractor> {
    const architecture = inceptionV3({ size, cut });
    const weights = await loadWeights(name);
    const key = `${weights.fingerprint.slice(0, 16)}-${cut}-${size}-v${GRAPH_VERSION}`;
    const folder = await cachedGraph(key, () => buildGraph(architecture, weights));
    await tf.ready();
    return new FeatureExtractor(open(folder, architecture), weights, size, architecture);
  }

  /**
   * Features of pictures.
   *
   * @param pixels `[n, size, size, 3]` float32, 0..1, row-major; read before this returns
   * @param n any number from 1
   * @returns `[n, features]` float32, each picture's flattened row-major as Keras' Flatten does; the caller disposes it
   */
  extract(pixels: Float32Array, n: number): Tensor2D {
    const perPicture = this.size ** 2 * 3;
    if (n < 1 || pixels.length !== n * perPicture) {
      throw new TwofoldError(
        'internal',
        `${n} pictures of ${this.size}×${this.size} have ${n * perPicture} values, not ${pixels.length}.`,
      );
    }
    return tf.tidy(() => {
      const parts: Tensor2D[] = [];
      for (let start = 0; start < n; start += this.#atOnce) {
        const end = Math.min(n, start + this.#atOnce);
        const part = pixels.subarray(start * perPicture, end * perPicture);
        const input = tf.tensor4d(part, [end - start, this.size, this.size, 3]);
        parts.push(this.#running.run(SIGNATURE, { input })[FEATURES] as Tensor2D);
        input.dispose();
      }
      return parts.length === 1 ? parts[0]! : tf.concat2d(parts, 0);
    });
  }

  /** As `extract`, with the features in a new array, `[n, features]` row-major. */
  extractTo(pixels: Float32Array, n: number): Float32Array {
    const tensor = this.extract(pixels, n);
    try {
      return tensor.dataSync() as Float32Array;
    } finally {
      tensor.dispose();
    }
  }

  /** Frees the graph. May be called twice. */
  dispose(): void {
    this.#running.dispose();
  }
}

async function buildGraph(architecture: Architecture, weights: Weights): Promise<Graph> {
  const graph = new Graph();
  const tensors = await weights.read(architecture);
  const { input, outputs } = addNetwork(graph, architecture, tensors);
  const features = reshape(graph, outputs[architecture.output]!, [-1, featureCount(architecture)], FEATURES);
  declare(graph, input, features);
  return graph;
}

function declare(graph: Graph, input: Output, features: Output): void {
  graph.signature(SIGNATURE, { input }, { [FEATURES]: features });
}

/** Loads what `buildGraph` wrote. Its nodes' names are known, so the file need not be parsed here. */
function open(folder: string, architecture: Architecture): RunningGraph {
  const names = new Graph();
  declare(names, { name: architecture.input, type: 'float32' }, { name: FEATURES, type: 'float32' });
  const backend = tf.backend() as unknown as ConstructorParameters<typeof RunningGraph>[0];
  return new RunningGraph(backend, backend.loadSavedModelMetaGraph(folder, 'serve'), names);
}

const featureCount = (architecture: Architecture): number => sizeOf(architecture.layers.at(-1)!.outputShape);
