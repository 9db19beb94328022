import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharp } from '../../main/pictures/sharp.ts';

const SOURCE = new URL('../../assets/icon.svg', import.meta.url);

/** Size of the picture from which electron-builder creates each platform's icons. */
const PACKAGE_PX = 1024;
const WINDOW_PX = 256;

/**
 * Renders the app's icon from assets/icon.svg: `icons/icon.png` for packages, `main/icon.png` for the window.
 */
export async function drawIcons(out: string): Promise<void> {
  const svg = await readFile(SOURCE);
  await mkdir(join(out, 'icons'), { recursive: true });
  await sharp(svg, { density: 144 }).resize(PACKAGE_PX).png().toFile(join(out, 'icons/icon.png'));
  await sharp(svg).resize(WINDOW_PX).png().toFile(join(out, 'main/icon.png'));
}
