import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from './progress.ts';
import { packageVersion, ROOT, type Step } from './step.ts';

const OUTPUT = join(ROOT, '.cache', 'samples');
const UNSEEN = join(ROOT, '.cache', 'unseen');
const SIZE_PX = 256;
/** Kept out of training, so that the demonstration predicts pictures that the model has never seen. */
const HELD_OUT = new Set(['fox', 'penguin', 'pizza']);

/** A picture to draw: its file name without ending, and Twemoji's drawing. */
interface Emoji {
  name: string;
  svg: string;
}

/** Sample pictures: Twemoji's animals and food, drawn on plain backgrounds. */
export const samplesStep: Step = {
  name: 'samples',
  title: 'the sample pictures',
  purposes: ['cli', 'test', 'app'],
  key: () =>
    `2 twemoji ${packageVersion('@twemoji/svg')} ${packageVersion('unicode-emoji-json')} sharp ${packageVersion('sharp')}`,
  outputs: () => [join(OUTPUT, 'animals'), join(OUTPUT, 'food'), UNSEEN],
  install: async (progress) => {
    const count = await drawSamples(OUTPUT, UNSEEN, progress);
    return `${count} sample pictures from Twemoji ${packageVersion('@twemoji/svg')} (CC-BY 4.0)`;
  },
};

/**
 * Draws 256×256 PNG files: `animals/` and `food/` (120 or more each) into `output`, which as it is can be imported with
 * its folders as labels, and three held-out pictures into `unseen`.
 *
 * Background, size and place of the drawing come from one fixed sequence that starts anew in each class: the same
 * distribution in both, so that nothing but the drawing itself tells them apart.
 *
 * @returns how many pictures were drawn
 */
export async function drawSamples(output: string, unseen: string, progress: Progress): Promise<number> {
  progress.stage('Drawing the sample pictures');
  const classes = { animals: animals(), food: food() };
  const total = classes.animals.length + classes.food.length;
  const draft = `${output}.${process.pid}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(join(draft, 'unseen'), { recursive: true });
  // Loaded when it is needed: a set-up that has nothing to do must not wait for it.
  const { sharp } = await import('../../main/pictures/sharp.ts');
  let drawn = 0;
  for (const [label, emojis] of Object.entries(classes)) {
    mkdirSync(join(draft, label));
    for (const [index, { name, svg }] of emojis.entries()) {
      const folder = HELD_OUT.has(name) ? 'unseen' : label;
      const png = await sharp(Buffer.from(compose(svg, index)))
        .removeAlpha()
        .png()
        .toBuffer();
      await writeFile(join(draft, folder, `${name}.png`), png);
      progress.update(++drawn, total, 'items');
    }
  }
  for (const [from, to] of [
    [join(draft, 'unseen'), unseen],
    [draft, output],
  ] as const) {
    rmSync(to, { recursive: true, force: true });
    renameSync(from, to);
  }
  return drawn;
}

/** Animals: Unicode's group up to where its plants begin. */
function animals(): Emoji[] {
  const group = emojiGroup('Animals & Nature');
  return drawings(
    group.slice(
      0,
      group.findIndex(({ slug }) => slug === 'bouquet'),
    ),
  );
}

const food = (): Emoji[] => drawings(emojiGroup('Food & Drink'));

interface EmojiEntry {
  emoji: string;
  slug: string;
  group: string;
}

function emojiGroup(group: string): EmojiEntry[] {
  const path = join(ROOT, 'node_modules', 'unicode-emoji-json', 'data-by-emoji.json');
  const data = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Omit<EmojiEntry, 'emoji'>>;
  return Object.entries(data)
    .map(([emoji, entry]) => ({ emoji, ...entry }))
    .filter((entry) => entry.group === group);
}

/** Those that this version of Twemoji has drawn, by name: order must not follow the kind of animal or dish. */
function drawings(entries: readonly EmojiEntry[]): Emoji[] {
  const folder = join(ROOT, 'node_modules', '@twemoji', 'svg');
  return entries
    .map(({ emoji, slug }) => ({
      name: slug.replaceAll('_', '-'),
      path: join(folder, `${codePoints(emoji)}.svg`),
    }))
    .filter(({ path }) => existsSync(path))
    .map(({ name, path }) => ({ name, svg: readFileSync(path, 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Twemoji names files by code points; the variation selector U+FE0F is left out unless the emoji is a joined one. */
function codePoints(emoji: string): string {
  const points = Array.from(emoji, (character) => character.codePointAt(0)!);
  const kept = points.includes(0x200d) ? points : points.filter((point) => point !== 0xfe0f);
  return kept.map((point) => point.toString(16)).join('-');
}

/** Places one drawing on a plain background; additive recurrences spread the values evenly and are the same everywhere. */
function compose(svg: string, index: number): string {
  const spread = (irrational: number): number => ((index + 1) * irrational) % 1;
  const hue = Math.round(360 * spread(Math.SQRT2));
  const saturation = Math.round(100 * spread(Math.sqrt(3)));
  const lightness = Math.round(60 + 40 * spread(Math.sqrt(5)));
  const size = Math.round(SIZE_PX * (0.6 + 0.35 * spread(Math.sqrt(7))));
  const x = Math.round((SIZE_PX - size) * spread(Math.sqrt(11)));
  const y = Math.round((SIZE_PX - size) * spread(Math.sqrt(13)));
  const drawing = svg.replace('<svg ', `<svg x="${x}" y="${y}" width="${size}" height="${size}" `);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE_PX}" height="${SIZE_PX}">` +
    `<rect width="100%" height="100%" fill="hsl(${hue},${saturation}%,${lightness}%)"/>${drawing}</svg>`
  );
}
