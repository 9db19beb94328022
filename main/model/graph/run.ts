import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import { tf, type Tensor } from '../tensorflow.ts';
import { outputName, type Graph } from './graph.ts';

/**
 * The binding that `tf.node.loadSavedModel` calls. It is used directly because tfjs parses the whole file, with its
 * constants, for each signature, only to find names that are known here.
 */
interface Backend {
  loadSavedModelMetaGraph(directory: string, tags: string): number;
  runSavedModel(id: number, inputs: Tensor[], infos: { name: string }[], outputs: string[]): Tensor[];
  deleteSavedModel(id: number): void;
}

interface Entry {
  inputs: string[];
  infos: { name: string }[];
  outputs: string[];
  outputNames: string[];
}

/** A graph in a TensorFlow session of its own, which holds its variables. */
export class RunningGraph {
  readonly #backend: Backend;
  readonly #session: number;
  readonly #entries = new Map<string, Entry>();
  #open = true;

  /** Use `openGraph`. */
  constructor(backend: Backend, session: number, graph: Graph) {
    this.#backend = backend;
    this.#session = session;
    for (const [name, { inputs, outputs }] of graph.signatures) {
      this.#entries.set(name, {
        inputs: Object.keys(inputs),
        infos: Object.values(inputs).map((output) => ({ name: outputName(output) })),
        outputs: Object.keys(outputs),
        outputNames: Object.values(outputs).map(outputName),
      });
    }
  }

  /**
   * Runs one entry point, synchronously.
   *
   * @param feeds a tensor for each input of the signature; they stay the caller's
   * @returns a new tensor for each output, which the caller disposes (`tf.tidy` does too)
   */
  run(signature: string, feeds: Readonly<Record<string, Tensor>> = {}): Record<string, Tensor> {
    const entry = this.#entries.get(signature);
    if (!this.#open || !entry) {
      const reason = entry ? 'the graph was disposed' : 'it has no such signature';
      throw new TwofoldError('internal', `Can't run "${signature}": ${reason}.`);
    }
    const tensors = entry.inputs.map((name) => {
      const tensor = feeds[name];
      if (!tensor) throw new TwofoldError('internal', `"${signature}" needs the input "${name}".`);
      return tensor;
    });
    const results = this.#backend.runSavedModel(this.#session, tensors, entry.infos, entry.outputNames);
    return Object.fromEntries(entry.outputs.map((name, index) => [name, results[index]!]));
  }

  /** Ends the session and frees its variables. May be called twice. */
  dispose(): void {
    if (this.#open) this.#backend.deleteSavedModel(this.#session);
    this.#open = false;
  }
}

/**
 * Writes the graph as a SavedModel, loads it into TensorFlow and removes the files again.
 *
 * @param parent folder for the files meanwhile, not inside an archive; by default the system's temporary folder
 */
export async function openGraph(graph: Graph, parent: string = tmpdir()): Promise<RunningGraph> {
  await tf.ready();
  const directory = await mkdtemp(join(parent, 'twofold-graph-'));
  try {
    await writeGraph(graph, directory);
    const backend = tf.backend() as unknown as Backend;
    return new RunningGraph(backend, backend.loadSavedModelMetaGraph(directory, 'serve'), graph);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes the graph as a SavedModel that any TensorFlow reads (tag `serve`). @param directory is created if it is missing */
export async function writeGraph(graph: Graph, directory: string): Promise<void> {
  // Loaders expect the folder of the variables even without variables.
  await mkdir(join(directory, 'variables'), { recursive: true });
  await writeFile(join(directory, 'saved_model.pb'), graph.serialize());
}
