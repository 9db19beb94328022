import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app } from 'electron';
import type { Licence } from '../../../shared/contract/system.ts';

/** Licences of third-party software: the sections of THIRD_PARTY.md, which the build writes. */
export async function readLicences(): Promise<Licence[]> {
  const folder = app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'dist');
  return parseLicences(await readFile(join(folder, 'THIRD_PARTY.md'), 'utf8'));
}

/** Splits at headings of the second level. */
function parseLicences(markdown: string): Licence[] {
  const [, ...sections] = markdown.split(/^## /m);
  return sections.map((section) => {
    const end = section.indexOf('\n');
    return { name: section.slice(0, end).trim(), text: section.slice(end).trim() };
  });
}
