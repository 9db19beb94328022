import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.ts';

const foldSchema = z.array(z.tuple([z.string(), z.number()]));

/**
 * Out-of-fold logits of a run's head, one file for each fold that is complete, in a folder of the project's cache. Its name
 * stands for recipe, pictures and labels, so that other labels are other files.
 */
export class OutOfFoldStore {
  constructor(readonly dir: string) {}

  /** Numbers of the complete folds, and the logit (of stored class 1, at temperature 1) of each content in them. */
  async read(): Promise<{ folds: Set<number>; logits: Map<string, number> }> {
    const folds = new Set<number>();
    const logits = new Map<string, number>();
    for (const name of await readdir(this.dir).catch(() => [])) {
      const fold = /^fold-(\d+)\.json$/.exec(name)?.[1];
      if (fold === undefined) continue;
      const rows = foldSchema.safeParse(await this.#parse(name));
      // A damaged file is as good as none: the fold is trained again.
      if (!rows.success) continue;
      folds.add(Number(fold));
      for (const [sha256, logit] of rows.data) logits.set(sha256, logit);
    }
    return { folds, logits };
  }

  async write(fold: number, logits: ReadonlyMap<string, number>): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    await writeAtomically(join(this.dir, `fold-${fold}.json`), (file) =>
      file.writeFile(JSON.stringify([...logits])),
    );
  }

  async #parse(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.dir, name), 'utf8'));
    } catch {
      return null;
    }
  }
}
