import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app } from 'electron';
import type { Licence } from '../../../shared/contract/system.ts';

/** The works of others in the app, one a section of the THIRD_PARTY.md that the build makes. */
export async function readLicences(): Promise<Licence[]> {
  const folder = app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'dist');
  return parseLicences(await readFile(join(folder, 'THIRD_PARTY.md'), 'utf8'));
}

/** Sections with a heading of the second level. */
function parseLicences(markdown: string): Licence[] {
  const [, ...sections] = markdown.split(/^## /m);
  return sections.map((section) => {
    const end = section.indexOf('\n');
    return { name: section.slice(0, end).trim(), text: section.slice(end).trim() };
  });
}
