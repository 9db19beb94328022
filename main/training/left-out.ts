import type { Failure } from '../../shared/errors.ts';
import type { LeftOut } from '../../shared/jobs/left-out.ts';
import type { JobContext } from './job-context.ts';

/** Pictures that a job skipped: collected for its result and reported immediately. */
export class LeftOutList {
  readonly pictures: LeftOut[] = [];

  constructor(private readonly emit: JobContext['emit']) {}

  readonly add = ({ path }: { path: string }, { code, message }: Failure): void => {
    this.pictures.push({ path, code, message });
    this.emit({ type: 'left-out', leftOut: { path, code, message } });
  };
}
