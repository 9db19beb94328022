import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { replaceFile } from './atomic-file.ts';

/** A text file in a zip. */
export interface ZipEntry {
  name: string;
  text: string;
}

/** Writes a zip of texts, compressed off this thread; in place of a file that is there. */
export async function writeZip(path: string, entries: readonly ZipEntry[]): Promise<void> {
  const zip = new ZipFile();
  for (const { name, text } of entries) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  await replaceFile(path, (temporary) => pipeline(zip.outputStream, createWriteStream(temporary)));
}
