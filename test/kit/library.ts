import { mkdtempSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { sharp } from '../../main/pictures/sharp.ts';
import { closeProject, createProject, type Project } from '../../main/library/project.ts';
import type { ImportItem } from '../../shared/library/import.ts';
import { listImportItems } from '../../main/library/import/imports.ts';

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

export { decode } from './library-decode.ts';

/** A small PNG whose content is told by a number. */
export function png(number: number): Promise<Buffer> {
  const color = [number % 256, Math.floor(number / 256) % 256, 77];
  return sharp(Buffer.from(Array.from({ length: 12 * 8 }, () => color).flat()), {
    raw: { width: 12, height: 8, channels: 3 },
  })
    .png()
    .toBuffer();
}

/** A tiny bitmap whose content is told by a number: made and decoded in no time, for tests that need many. */
export function bmp(number: number): Buffer {
  const bytes = Buffer.alloc(58);
  bytes.write('BM');
  bytes.writeUInt32LE(58, 2);
  bytes.writeUInt32LE(54, 10); // where the pixels begin
  bytes.writeUInt32LE(40, 14); // size of the second header
  bytes.writeInt32LE(1, 18);
  bytes.writeInt32LE(1, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28); // bits per pixel
  bytes.writeUIntLE(number, 54, 3);
  return bytes;
}

/** Writes so many bitmaps, named by their numbers, into the sub-folders in turn. */
export function putMany(folder: string, count: number, subFolders: readonly string[] = ['']): string {
  for (const name of subFolders) mkdirSync(path.join(folder, name), { recursive: true });
  for (let index = 0; index < count; index++) {
    writeFileSync(path.join(folder, subFolders[index % subFolders.length]!, `${index}.bmp`), bmp(index));
  }
  return folder;
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
