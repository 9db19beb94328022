import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharp } from '../../main/pictures/sharp.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Edge of the picture from which electron-builder makes the icons of each platform. */
const PACKAGE_PX = 1024;
const WINDOW_PX = 256;

/**
 * Draws the app's icon from assets/icon.svg, so that no pictures are kept in the repository.
 *
 * @returns paths of the large one, for packages, and of the window's
 */
export async function drawIcons(): Promise<{ large: string; window: string }> {
  const svg = await readFile(join(ROOT, 'assets', 'icon.svg'));
  const icons = { large: join(ROOT, 'dist/icons/icon.png'), window: join(ROOT, 'dist/main/icon.png') };
  await mkdir(join(ROOT, 'dist/icons'), { recursive: true });
  await sharp(svg, { density: 144 }).resize(PACKAGE_PX).png().toFile(icons.large);
  await sharp(svg).resize(WINDOW_PX).png().toFile(icons.window);
  return icons;
}
