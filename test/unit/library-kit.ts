import { mkdtempSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { inspect } from '../../main/pictures/inspect.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { closeProject, createProject, type Project } from '../../main/library/project.ts';
import type { ImportItem, Inspect } from '../../shared/library.ts';
import { listImportItems } from '../../main/library/imports.ts';

/** A folder of its own for a test, gone afterwards. Real path, as the library notes it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'twofold-library-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new project, closed when the test is over. */
export function newProject(folder = temporaryFolder(), classes?: [string, string]): Project {
  const project = createProject(path.join(folder, 'pets'), classes ? { classes } : {});
  onTestFinished(() => closeProject(project));
  return project;
}

/** The real decoder, in this thread. */
export const decode: Inspect = (file) => inspect(file, {});

/** A small PNG whose content is told by a number. */
export function png(number: number): Promise<Buffer> {
  const color = [number % 256, Math.floor(number / 256) % 256, 77];
  return sharp(Buffer.from(Array.from({ length: 12 * 8 }, () => color).flat()), {
    raw: { width: 12, height: 8, channels: 3 },
  })
    .png()
    .toBuffer();
}

/** Writes picture `number` at a path, making its folders. Each write has another time, as if minutes passed between them. */
export async function putPicture(file: string, number: number): Promise<string> {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await png(number));
  clock += 60;
  utimesSync(file, clock, clock);
  return file;
}
let clock = 1_600_000_000;

/** What an import said of files: `[file name, kind, code]`. */
export function told(project: Project, importId: number): [string, ImportItem['kind'], ImportItem['code']][] {
  return listImportItems(project.db, importId).map(({ path: file, kind, code }) => [
    path.basename(file),
    kind,
    code,
  ]);
}
