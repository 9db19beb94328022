/**
 * A process that has a project open, as the window has: it labels a picture, says so on stdout, and stays. With `writing`
 * it is in the middle of a transaction all the time. Run by cli-beside.test.ts.
 */
import { setLabels } from '../../main/library/labels/labels.ts';
import { openProject } from '../../main/library/project.ts';

const [folder, writing] = process.argv.slice(2) as [string, string | undefined];
const project = openProject(folder);
setLabels(project.db, [1], 'skipped', 'mouse');
if (writing === 'writing') project.db.exec('BEGIN IMMEDIATE; UPDATE stored_pictures SET problem = problem');
process.stdout.write('open\n');
setInterval(() => undefined, 1000);
