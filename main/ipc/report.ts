import { join } from 'node:path';
import type { AppContext } from '../app/services/context.ts';
import { chooseFile } from '../app/shell/dialogs.ts';
import type { HandlersOf } from './answer.ts';

export function reportHandlers({ project, reporter, window, documents }: AppContext): HandlersOf<'report'> {
  return {
    'report.save': async ({ run }) => {
      const suggested = join(documents(), `${project.require().name} ${run}.html`);
      const out = await chooseFile(window(), 'HTML', 'Save report', suggested);
      return out === null ? null : reporter.write(run, out);
    },
    'report.state': () => reporter.state,
    'report.result': () => reporter.result,
    'report.cancel': reporter.cancel,
  };
}
