import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ExportFormat } from '../../shared/contract/export.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { chooseRun } from '../engine/evaluate.ts';
import { runDir, type Project } from '../library/folder.ts';
import { writeLabelsCsv } from '../library/labels-csv.ts';

/** What was written. */
export interface Exported {
  path: string;
  files: { name: string; sizeBytes: number }[];
}

interface Writer extends ExportFormat {
  write: (project: Project, runId: string | null, out: string) => Promise<unknown>;
}

const labels: Writer = {
  id: 'labels',
  name: 'Labels (CSV)',
  description: 'One row a picture: path, content hash, label, split, when and how it was labelled.',
  needsRun: false,
  write: ({ db }, _runId, out) => writeLabelsCsv(db, out),
};

/** What makes a run usable on its own: `twofold predict FOLDER pictures`. */
const RUN_FILES = ['run.json', 'head.safetensors', 'pictures.csv'];

const run: Writer = {
  id: 'run',
  name: 'Trained model (Twofold)',
  description: 'The trained head with its recipe and results, for predictions with Twofold’s command line.',
  needsRun: true,
  write: async (project, runId, out) => {
    const from = runDir(project, chooseRun(project, runId ?? undefined).id);
    const draft = join(dirname(out), `.${basename(out)}.${process.pid}.tmp`);
    try {
      await mkdir(draft, { recursive: true });
      for (const name of RUN_FILES) {
        if (existsSync(join(from, name))) await cp(join(from, name), join(draft, name));
      }
      await rename(draft, out);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  },
};

const WRITERS: readonly Writer[] = [labels, run];

/** What can be written. */
export const EXPORT_FORMATS: ExportFormat[] = WRITERS.map(({ write: _, ...format }) => format);

/**
 * Writes one format to a place that is free.
 *
 * @throws TwofoldError `exists`, `bad-input` for an unknown format, and what writing throws
 */
export async function writeExport(
  project: Project,
  format: string,
  runId: string | null,
  out: string,
): Promise<Exported> {
  const writer = WRITERS.find(({ id }) => id === format);
  if (!writer) throw new TwofoldError('bad-input', `There is no export format "${format}".`);
  if (existsSync(out)) {
    throw new TwofoldError('exists', `There is something at ${out} already. Choose another name.`);
  }
  await writer.write(project, runId, out);
  return { path: out, files: await listWritten(out) };
}

async function listWritten(out: string): Promise<Exported['files']> {
  const stats = await stat(out);
  if (!stats.isDirectory()) return [{ name: basename(out), sizeBytes: stats.size }];
  const names = (await readdir(out)).sort();
  return Promise.all(names.map(async (name) => ({ name, sizeBytes: (await stat(join(out, name))).size })));
}
