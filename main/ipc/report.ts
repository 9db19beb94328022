import { join } from 'node:path';
import type { AppContext } from '../app/services/context.ts';
import { chooseFile } from '../app/shell/dialogs.ts';
import { chooseRun } from '../engine/evaluate.ts';
import type { HandlersOf } from './answer.ts';

export function reportHandlers({
  project,
  pool,
  spawn,
  window,
  documents,
}: AppContext): HandlersOf<'report'> {
  return {
    'report.save': async ({ run: id }) => {
      const open = project.require();
      const run = chooseRun(open, id);
      const out = await chooseFile(
        window(),
        'HTML',
        'Save report',
        join(documents(), `${open.name} ${id}.html`),
      );
      if (out === null) return null;
      // Loaded on demand: most sessions write no report.
      const { writeReport } = await import('../engine/report/report.ts');
      await writeReport(open, run, { out, pool, spawn });
      return { path: out };
    },
  };
}
