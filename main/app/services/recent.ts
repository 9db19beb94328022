import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  recentSummarySchema,
  type RecentProject,
  type RecentSummary,
} from '../../../shared/contract/project.ts';
import type { JsonFile } from './json-file.ts';

/** Length of the list. */
const MOST = 12;

export const recentSchema = z.array(
  z.object({
    folder: z.string(),
    lastOpenedAtMs: z.number(),
    summary: recentSummarySchema.nullable().default(null),
  }),
);

/** Recently opened projects, latest first. */
export class RecentProjects {
  constructor(
    private readonly file: JsonFile<typeof recentSchema>,
    private readonly onChange: () => void = () => undefined,
  ) {}

  list(): RecentProject[] {
    return this.file.value.map(({ folder, lastOpenedAtMs, summary }) => ({
      folder,
      lastOpenedAtMs,
      summary,
      name: basename(folder).replace(/\.twofold$/, ''),
      present: existsSync(join(folder, 'library.db')),
    }));
  }

  add(folder: string): void {
    const others = this.file.value.filter((known) => known.folder !== folder);
    const summary = this.file.value.find((known) => known.folder === folder)?.summary ?? null;
    this.file.set([{ folder, lastOpenedAtMs: Date.now(), summary }, ...others].slice(0, MOST));
    this.file.flush();
    this.onChange();
  }

  /** Stores the summary of a project as it is closed. */
  describe(folder: string, summary: RecentSummary): void {
    this.file.set(this.file.value.map((known) => (known.folder === folder ? { ...known, summary } : known)));
  }

  flush(): void {
    this.file.flush();
  }

  forget(folder: string): void {
    this.file.set(this.file.value.filter((known) => known.folder !== folder));
    this.onChange();
  }
}
