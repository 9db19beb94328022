import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { indexModel, readIndex } from '../../main/engine/index-library.ts';
import { takeRows, type Matrix } from '../../main/insight/matrix.ts';
import { closeProject, openForReading } from '../../main/library/project.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { benchFolder } from './folders.ts';
import { photographSets, type PhotographSet } from './photograph-sets.ts';
import { twofold } from './twofold.ts';

/** Vectors and labels of pictures, in an order that tells nothing of the labels. */
export interface Labelled {
  matrix: Matrix;
  labels: (0 | 1)[];
}

export interface IndexedSet {
  name: string;
  pool: Labelled;
  test: Labelled;
}

let indexed: Promise<IndexedSet[]> | undefined;

/** The sets of photographs with the vectors that the command line gives them; computed once for all benchmarks of a run. */
export function indexedSets(progress: Progress): Promise<IndexedSet[]> {
  return (indexed ??= (async () => {
    const sets: IndexedSet[] = [];
    for (const set of await photographSets(progress)) sets.push(await index(set, progress));
    return sets;
  })());
}

async function index({ name, folder }: PhotographSet, progress: Progress): Promise<IndexedSet> {
  progress.stage(`Indexing ${name}`);
  const parent = await mkdtemp(join(benchFolder(), 'indexed-'));
  try {
    const path = join(parent, 'set.twofold');
    await twofold(['import', folder, '--project', path]);
    await twofold(['index', path]);
    const project = openForReading(path);
    try {
      const { pictures, matrix } = await readIndex(project, await indexModel(project));
      const side = (split: 'train' | 'validation'): Labelled => {
        const rows = pictures
          .flatMap((picture, row) => (picture.split === split ? [{ row, sha256: picture.sha256 }] : []))
          .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
          .map(({ row }) => row);
        return {
          matrix: takeRows(matrix, rows),
          labels: rows.map((row) => pictures[row]!.label as 0 | 1),
        };
      };
      return { name, pool: side('train'), test: side('validation') };
    } finally {
      closeProject(project);
    }
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}
