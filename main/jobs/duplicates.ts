import type { DuplicatesJob, DuplicatesResult } from '../../shared/jobs/duplicates.ts';
import type { LeftOut } from '../../shared/jobs/left-out.ts';
import { DuplicateStore, type Comparison } from '../insight/duplicate-store.ts';
import { INDEX_SIZE, indexStore } from '../insight/index-store.ts';
import type { Matrix } from '../insight/matrix.ts';
import { normalised } from '../insight/neighbours.ts';
import { isSamePicture, pyramidOf, type Pyramid } from '../insight/same-picture.ts';
import { UnionFind } from '../insight/union-find.ts';
import { PicturePool } from '../pictures/pool.ts';
import type { JobContext } from '../training/job-context.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { runIndexJob } from './index-pictures.ts';
import { nearestPairs, type Pair } from './nearest-pairs.ts';
import { pixelsIn } from '../pictures/cache-folders.ts';

/**
 * Least cosine of two vectors for comparing their pictures' pixels: at least 99% of copies at JPEG quality 40, at half
 * size, brightened by a quarter, cropped by 5% or mirrored are above it.
 */
const LEAST_SIMILARITY = 0.87;
/** Least cosine of the pairs that are stored for groups of look-alikes, which come out of the same comparison. */
export const LEAST_ALIKE = 0.8;
/** Pixels of a picture are compared in vain so often at most: in a set of look-alikes every pair is similar. */
const MOST_MISSES = 8;
/** Of the time, finding takes this share and comparing pixels the rest. */
const FINDING = 0.8;
/** Pictures whose pixels are kept in memory, at 27 KB each. */
const KEPT = 4000;

/**
 * Compares pictures with each other and with those compared before: found by their vectors, which are computed where they
 * are missing, and confirmed on their pixels. Stores which show the same.
 */
export async function runDuplicatesJob(job: DuplicatesJob, context: JobContext): Promise<DuplicatesResult> {
  const { cacheDir, model, pictures } = job;
  const store = new DuplicateStore(cacheDir, model);
  const before = await store.read();
  const known = new Set(before.hashes);
  const fresh = pictures.filter(({ sha256 }) => !known.has(sha256));
  const index = indexStore(cacheDir, model);
  let { hashes, matrix } = await index.read();
  const indexed = new Set(hashes);
  const missing = fresh.filter(({ sha256 }) => !indexed.has(sha256));
  let leftOut: LeftOut[] = [];
  if (missing.length > 0) {
    ({ leftOut } = await runIndexJob({ kind: 'index', cacheDir, model, pictures: missing }, context));
    ({ hashes, matrix } = await index.read());
  }
  const rows = new Map(hashes.map((hash, row) => [hash, row]));
  const paths = new Map(pictures.map(({ sha256, path }) => [sha256, path]));
  // Those compared before come first: only pairs with a new picture are looked at. The pixels of one that is not in the
  // project any more, or not asked for, are in the cache.
  const old = before.hashes.map((sha256) => ({ sha256, path: paths.get(sha256) ?? '' }));
  const compared = [...old, ...fresh].filter(({ sha256 }) => rows.has(sha256));
  const unit = normalised(
    matrix,
    compared.map(({ sha256 }) => rows.get(sha256)!),
  );
  const added = compared.filter(({ sha256 }) => !known.has(sha256));
  const found = await confirmedPairs(job, compared, unit, compared.length - added.length, context);
  await store.write(withPairs(before, added, compared, found));
  return { kind: 'duplicates', compared: added.length, leftOut };
}

type Compared = DuplicatesJob['pictures'][number];

interface Found {
  /** Pictures that show the same. */
  same: [Compared, Compared][];
  /** Rows of those that are alike. */
  near: Pair[];
}

/** Pairs of pictures that are alike by their vectors and show the same by their pixels, enough to connect each group. */
async function confirmedPairs(
  job: DuplicatesJob,
  pictures: readonly Compared[],
  unit: Matrix,
  firstNew: number,
  { control, emit }: JobContext,
): Promise<Found> {
  const fresh = pictures.length - firstNew;
  if (fresh === 0) return { same: [], near: [] };
  const meter = stageProgress('comparing', fresh, emit);
  const pool = new PicturePool();
  const pyramids = new PyramidCache(pool, job, control.signal);
  const groups = new UnionFind(pictures.length);
  const misses = new Uint8Array(pictures.length);
  const found: [Compared, Compared][] = [];
  try {
    const near = await nearestPairs(unit, firstNew, LEAST_ALIKE, async (share) => {
      meter.update(Math.floor(fresh * share * FINDING));
      await control.turn();
    });
    const pairs = near.filter(({ similarity }) => similarity >= LEAST_SIMILARITY);
    for (const [index, { a, b }] of pairs.entries()) {
      if (index % 100 === 0) {
        meter.update(Math.floor(fresh * (FINDING + (1 - FINDING) * (index / pairs.length))));
        await control.turn();
      }
      if (groups.find(a) === groups.find(b) || Math.max(misses[a]!, misses[b]!) >= MOST_MISSES) continue;
      const [one, other] = [await pyramids.get(pictures[a]!), await pyramids.get(pictures[b]!)];
      if (one && other && isSamePicture(one, other)) {
        groups.join(a, b);
        found.push([pictures[a]!, pictures[b]!]);
      } else {
        misses[a]!++;
        misses[b]!++;
      }
    }
    meter.update(fresh);
    return { same: found, near };
  } finally {
    await pool.close();
  }
}

/** The pictures used last, in the sizes at which they are compared. */
class PyramidCache {
  readonly #kept = new Map<string, Pyramid | null>();

  constructor(
    private readonly pool: PicturePool,
    private readonly job: DuplicatesJob,
    private readonly signal: AbortSignal,
  ) {}

  /** Null where the picture can't be read. */
  async get(picture: Compared): Promise<Pyramid | null> {
    const known = this.#kept.get(picture.sha256);
    if (known !== undefined) return known;
    const { cacheDir, model } = this.job;
    const options = {
      size: INDEX_SIZE,
      resize: model.resize,
      bits16: model.bits16,
      cacheDir: pixelsIn(cacheDir),
      checkFiles: false,
    };
    const answer = await this.pool.prepare(picture, options, this.signal);
    const pyramid = answer.ok ? pyramidOf(answer.value, INDEX_SIZE) : null;
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(picture.sha256, pyramid);
    return pyramid;
  }
}

function withPairs(
  before: Comparison,
  added: readonly Compared[],
  compared: readonly Compared[],
  { same, near }: Found,
): Comparison {
  const hashes = [...before.hashes, ...added.map(({ sha256 }) => sha256)];
  const places = new Map(hashes.map((hash, place) => [hash, place]));
  const place = ({ sha256 }: Compared): number => places.get(sha256)!;
  return {
    hashes,
    links: [...before.links, ...same.map(([a, b]): [number, number] => [place(a), place(b)])],
    near: {
      a: Int32Array.from([...before.near.a, ...near.map(({ a }) => place(compared[a]!))]),
      b: Int32Array.from([...before.near.b, ...near.map(({ b }) => place(compared[b]!))]),
      similarities: Float32Array.from([
        ...before.near.similarities,
        ...near.map(({ similarity }) => similarity),
      ]),
    },
  };
}
