import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CallOutput } from '../../../shared/contract.ts';
import type { TriedPicture, TriedPictures } from '../../../shared/contract/predict.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Prediction, ProgressEvent } from '../../../shared/jobs.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { listFiles } from '../../engine/list-files.ts';
import { modelView } from '../../engine/model-view.ts';
import type { Emit } from './emit.ts';
import { runDir } from '../../library/folder.ts';
import { sniff } from '../../pictures/sniff.ts';
import { startJob, type JobProcess } from '../../training/supervisor.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { OpenProject } from './open-project.ts';
import type { Pictures } from './pictures.ts';

/** Asks a trained run what pictures are. */
export class Predictor {
  readonly #work = new OneAtATime<TriedPictures, ProgressEvent>('A prediction', (progress) =>
    this.emit('predict.progress', progress),
  );
  /** The run that is asked, or was last. */
  #run = '';
  #pasted = 0;

  /** @param pastedDir folder for pasted pictures, emptied with the session */
  constructor(
    private readonly project: OpenProject,
    private readonly pictures: Pictures,
    private readonly spawn: () => JobProcess,
    private readonly emit: Emit,
    private readonly pastedDir: string,
  ) {
    project.beforeClose(() => this.#work.end());
  }

  /** The prediction under way; null where none is. */
  get state(): CallOutput<'predict.state'> {
    const { state } = this.#work;
    return state && { ...state, run: this.#run };
  }

  /** What comes of the prediction under way; null where none is. */
  get answers(): Promise<TriedPictures> | null {
    return this.#work.result;
  }

  predict(runId: string, paths: readonly string[]): Promise<TriedPictures> {
    const project = this.project.require();
    const folder = runDir(project, chooseRun(project, runId).id);
    const { swapped } = modelView(project.db);
    return this.#work.run(async (signal, onProgress) => {
      this.#run = runId;
      const files = await listFiles(paths);
      signal.throwIfAborted();
      const job = startJob(this.spawn, { kind: 'predict', runDir: folder, swapped, files }, (event) => {
        if (event.type === 'progress') onProgress(event);
        else if (event.type === 'predicted') this.emit('predict.some', this.#showAll(event.predictions));
      });
      const cancel = (): void => job.cancel();
      signal.addEventListener('abort', cancel);
      try {
        const { classes, predictions } = await job.result;
        return { classes, pictures: this.#showAll(predictions) };
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    });
  }

  cancel(): void {
    this.#work.cancel();
  }

  /** Writes pasted bytes to a file of this session. @throws TwofoldError `unsupported` where they are no picture */
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

  #showAll(predictions: readonly Prediction[]): TriedPicture[] {
    return predictions.map((prediction) => ({
      ...prediction,
      name: basename(prediction.path),
      token: this.pictures.allow(prediction.path),
    }));
  }
}
