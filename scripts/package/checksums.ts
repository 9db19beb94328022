import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What people download: packages and the bill of materials, not what the builder leaves beside them. */
const DOWNLOADS = /\.(deb|tar\.gz|AppImage|exe|dmg|zip|cdx\.json)$/;

/** Writes SHA256SUMS of the packages in a folder, as `sha256sum --check` reads it. @returns their names */
export async function writeChecksums(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => DOWNLOADS.test(name)).sort();
  let text = '';
  for (const name of names) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), hash);
    text += `${hash.digest('hex')}  ${name}\n`;
  }
  await writeFile(join(folder, 'SHA256SUMS'), text);
  return names;
}
