import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ExamplePicture, TriedPicture, TriedPictures } from '../../../shared/contract/predict.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Prediction } from '../../../shared/jobs/predict.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { knownPictures } from '../../engine/known-pictures.ts';
import { listFiles } from '../../engine/list-files.ts';
import { runView } from '../../engine/model-view.ts';
import type { Emit } from './emit.ts';
import { runDir } from '../../library/folder.ts';
import { sniff } from '../../pictures/sniff.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import { runJob, type JobProcess } from '../../training/supervisor.ts';
import type { OpenProject } from './open-project.ts';
import type { Pictures } from './pictures.ts';
import { RunTask } from './task.ts';

/** Classifies pictures with a trained run. */
export class Predictor extends RunTask<TriedPictures> {
  #pasted = 0;

  /** @param pastedDir folder for pasted pictures, removed when the app ends */
  constructor(
    private readonly project: OpenProject,
    private readonly pictures: Pictures,
    private readonly spawn: () => JobProcess,
    private readonly emit: Emit,
    private readonly pastedDir: string,
  ) {
    super(project, 'A prediction', (progress) => emit('predict.progress', progress));
  }

  predict(runId: string, paths: readonly string[]): Promise<TriedPictures> {
    const project = this.project.require();
    const run = chooseRun(project, runId);
    const model = { runDir: runDir(project, run.id), ...runView(project.db, run) };
    return this.startFor(runId, async (signal, onProgress) => {
      const files = await listFiles(paths);
      throwIfCancelled(signal);
      const known = await knownPictures(project);
      const job = { kind: 'predict' as const, ...model, known, files };
      const { predictions } = await runJob(job, {
        spawn: this.spawn,
        signal,
        onEvent: (event) => {
          if (event.type === 'progress') onProgress(event);
          else if (event.type === 'predicted') this.emit('predict.some', this.#showAll(event.predictions));
        },
      });
      return { unsure: run.unsure, pictures: this.#showAll(predictions) };
    });
  }

  /** Writes pasted bytes to a temporary file. @returns its path. @throws TwofoldError `unsupported` if not a picture */
  async paste(bytes: Uint8Array): Promise<string> {
    const sniffed = sniff(bytes);
    if (sniffed.kind !== 'picture') {
      throw new TwofoldError('unsupported', 'What was pasted is not a picture. Copy a picture, then paste.');
    }
    await mkdir(this.pastedDir, { recursive: true });
    const path = join(this.pastedDir, `pasted-${++this.#pasted}.${sniffed.format}`);
    await writeFile(path, bytes);
    return path;
  }

  /** Offers files to be tried. */
  offer(paths: readonly string[]): ExamplePicture[] {
    return paths.map((path) => this.#show(path));
  }

  #showAll(predictions: readonly Prediction[]): TriedPicture[] {
    return predictions.map((prediction) => ({ ...prediction, ...this.#show(prediction.path) }));
  }

  #show(path: string): ExamplePicture {
    return { path, name: basename(path), token: this.pictures.allow(path) };
  }
}
