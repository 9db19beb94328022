import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import { SafetensorsFile, writeSafetensors, type TensorSource } from '../files/safetensors.ts';
import { eachIndex, finishAsync, type AsyncSteps } from '../support/steps.ts';
import { HASH_BYTES, hexNames } from './hashes.ts';
import { indexKey } from './index-store.ts';
import type { NearPairs } from './look-alikes.ts';
import { UnionFind } from './union-find.ts';

/** Increment it when the same pictures would be linked differently. */
const VERSION = 2;
/** Items per step. */
const SOME = 8192;

/** Which pictures have been compared with each other, and which are near-duplicates. */
export interface Comparison {
  /** SHA-256 of the compared contents, each with all others. */
  hashes: string[];
  /** Pairs of indices into `hashes`, enough to connect each group. */
  links: [number, number][];
  /** Pairs of indices into `hashes` that are similar, though not the same picture. */
  near: NearPairs;
}

/** As where nothing was compared yet. */
export const noPairs = (): NearPairs => ({
  a: new Int32Array(),
  b: new Int32Array(),
  similarities: new Float32Array(),
});

/**
 * Stores the near-duplicates of a project in its cache, by content and model. If the file is deleted, pictures are
 * compared again.
 */
export class DuplicateStore {
  readonly #path: string;

  /** @param cacheDir cache folder of the project */
  constructor(cacheDir: string, model: IndexModel) {
    this.#path = join(cacheDir, 'duplicates', `${indexKey(model)}-v${VERSION}.safetensors`);
  }

  /** Reads the comparison so far; empty if the file is missing or damaged. */
  read(): Promise<Comparison> {
    return finishAsync(this.steps());
  }

  /** `read` in steps. @yields after some thousand contents or links */
  async *steps(): AsyncSteps<Comparison> {
    try {
      const file = await SafetensorsFile.open(this.#path);
      try {
        const hashes = yield* hexNames(await file.bytes('contents'));
        const linked = new Int32Array((await file.bytes('links')).buffer);
        const links: [number, number][] = [];
        yield* eachIndex(linked.length / 2, SOME, (index) => {
          links.push([linked[2 * index]!, linked[2 * index + 1]!]);
        });
        const near = {
          a: new Int32Array((await file.bytes('near-a')).buffer),
          b: new Int32Array((await file.bytes('near-b')).buffer),
          similarities: new Float32Array((await file.bytes('near-similarities')).buffer),
        };
        return { hashes, links, near };
      } finally {
        await file.close();
      }
    } catch (error) {
      const isUsual =
        error instanceof TwofoldError && (error.code === 'not-found' || error.code === 'corrupt');
      if (!isUsual) throw error;
      return { hashes: [], links: [], near: noPairs() };
    }
  }

  async write({ hashes, links, near }: Comparison): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const array = (name: string, type: TensorSource['type'], width: number, values: ArrayBufferView) => ({
      name,
      type,
      shape: [values.byteLength / (type === 'U8' ? width : 4 * width), width],
      pieces: () => [values],
    });
    await writeSafetensors(this.#path, [
      array('contents', 'U8', HASH_BYTES, Buffer.from(hashes.join(''), 'hex')),
      array('links', 'I32', 2, Int32Array.from(links.flat())),
      array('near-a', 'I32', 1, near.a),
      array('near-b', 'I32', 1, near.b),
      array('near-similarities', 'F32', 1, near.similarities),
    ]);
  }
}

/**
 * The group of each content that has near-duplicates: contents of one group have the same key, which depends only on
 * the contents in the group.
 */
export function groupKeys({ hashes, links }: Pick<Comparison, 'hashes' | 'links'>): Map<string, string> {
  const sets = new UnionFind(hashes.length);
  for (const [a, b] of links) sets.join(a, b);
  const first = new Map<number, string>();
  const linked = [...new Set(links.flat())];
  for (const item of linked) {
    const set = sets.find(item);
    const known = first.get(set);
    if (known === undefined || hashes[item]! < known) first.set(set, hashes[item]!);
  }
  return new Map(linked.map((item) => [hashes[item]!, first.get(sets.find(item))!]));
}
