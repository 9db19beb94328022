import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TriedPicture } from '../../shared/contract/predict.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { JobEvent, Prediction } from '../../shared/jobs.ts';
import { chooseRun } from '../engine/evaluate.ts';
import { listFiles } from '../engine/list-files.ts';
import type { Emit } from '../ipc/answer.ts';
import { runDir } from '../library/folder.ts';
import { sniff } from '../pictures/sniff.ts';
import { startJob, type JobProcess } from '../training/supervisor.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { OpenProject } from './open-project.ts';
import type { Pictures } from './pictures.ts';

interface Answers {
  classes: [string, string];
  pictures: TriedPicture[];
}

/** Asks a trained run what pictures are. */
export class Predictor {
  readonly #work = new OneAtATime<Answers>('A prediction');
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

  predict(runId: string, paths: readonly string[]): Promise<Answers> {
    const project = this.project.require();
    const folder = runDir(project, chooseRun(project, runId).id);
    return this.#work.run(async (signal) => {
      const files = await listFiles(paths);
      signal.throwIfAborted();
      const job = startJob(this.spawn, { kind: 'predict', runDir: folder, files }, (event) =>
        this.#hear(event),
      );
      const cancel = (): void => job.cancel();
      signal.addEventListener('abort', cancel);
      try {
        const { classes, predictions } = await job.result;
        return { classes, pictures: predictions.map((prediction) => this.#show(prediction)) };
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

  #hear(event: JobEvent): void {
    if (event.type === 'progress') this.emit('predict.progress', event);
    else if (event.type === 'predicted') {
      this.emit(
        'predict.some',
        event.predictions.map((prediction) => this.#show(prediction)),
      );
    }
  }

  #show(prediction: Prediction): TriedPicture {
    return { ...prediction, name: basename(prediction.path), token: this.pictures.allow(prediction.path) };
  }
}
