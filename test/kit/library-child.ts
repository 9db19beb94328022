/** A process that writes to a project until it is killed, and says on stdout what is durable. Run by library-crash.test.ts. */
import { importFolder } from '../../main/library/import/import.ts';
import { redo, setLabels, undo } from '../../main/library/labels/labels.ts';
import { openProject } from '../../main/library/project.ts';
import { decode } from './library-decode.ts';
import { stepOf } from './library-steps.ts';

const [kind, folder, pictures] = process.argv.slice(2) as ['labels' | 'import', string, string];
const project = openProject(folder);

if (kind === 'labels') {
  for (let index = 0; ; index++) {
    const step = stepOf(index);
    if (step.do === 'undo') undo(project.db, 'key');
    else if (step.do === 'redo') redo(project.db, 'key');
    else setLabels(project.db, step.ids, step.label, 'mouse');
    say(index);
  }
} else {
  const report = await importFolder(project, pictures, {
    inspect: decode,
    onProgress: ({ stage, added }) => {
      if (stage === 'reading') say(added);
    },
  });
  say(report.added);
}

function say(number: number): void {
  process.stdout.write(`${number}\n`);
}
