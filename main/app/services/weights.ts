import { basename, extname } from 'node:path';
import type { WeightsChoice } from '../../../shared/contract/train.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { runJob, type JobProcess } from '../../training/supervisor.ts';

/** Names of weights have at most so many characters. */
const LONGEST = 64;

/** Imports weights, one file at a time, in a process of its own: converting 88 MB would block main. */
export class WeightsImport {
  #isRunning = false;

  constructor(private readonly spawn: () => JobProcess) {}

  /** @throws TwofoldError `busy`, and as `importWeights` */
  async start(file: string): Promise<Pick<WeightsChoice, 'name' | 'title'>> {
    if (this.#isRunning) {
      throw new TwofoldError('busy', 'Weights are already being imported. Wait until that is done.');
    }
    this.#isRunning = true;
    try {
      const { name, title } = await runJob(
        { kind: 'import-weights', file, name: nameOf(file) },
        { spawn: this.spawn },
      );
      return { name, title };
    } finally {
      this.#isRunning = false;
    }
  }
}

/** The file's name, of the characters that names of weights may have. */
function nameOf(file: string): string {
  const name = basename(file, extname(file)).replace(/[^a-z0-9._-]+/gi, '-');
  return name.replace(/^[^a-z0-9]+/i, '').slice(0, LONGEST) || 'imported';
}
