import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { draftOf, putInPlace } from './files.ts';
import type { Progress } from './progress.ts';
import { packageVersion, ROOT, type Step } from './step.ts';

const OUTPUT = join(ROOT, '.cache', 'samples');
const UNSEEN = join(ROOT, '.cache', 'unseen');
const SIZE_PX = 256;
/** Excluded from training, so that the demo predicts pictures that the model has not seen. */
const HELD_OUT = new Set(['grinning-cat', 'jamaica', 'nerd-face']);

/** A picture to draw: file name without extension, and Twemoji's drawing. */
interface Emoji {
  name: string;
  svg: string;
}

/** Sample pictures: Twemoji's flags and smileys on plain backgrounds. docs/decisions/sample.md says why these two. */
export const samplesStep: Step = {
  name: 'samples',
  purposes: ['cli', 'test', 'app'],
  key: () =>
    `4 twemoji ${packageVersion('@twemoji/svg')} ${packageVersion('unicode-emoji-json')} sharp ${packageVersion('sharp')}`,
  outputs: () => [join(OUTPUT, 'flags'), join(OUTPUT, 'smileys'), UNSEEN],
  install: async (progress) => {
    const count = await drawSamples(OUTPUT, UNSEEN, progress);
    return `Sample pictures: ${count} drawn from Twemoji ${packageVersion('@twemoji/svg')} (CC-BY 4.0)`;
  },
};

/**
 * Draws 256×256 PNG files: `flags/` and `smileys/` (120 or more each) into `output`, ready to be imported with folders as
 * labels, and three held-out pictures into `unseen`.
 *
 * Background, size and position follow one fixed sequence that restarts with each class, so both classes have the same
 * distribution and only the drawing tells them apart.
 *
 * @returns number of pictures
 */
export async function drawSamples(output: string, unseen: string, progress: Progress): Promise<number> {
  progress.stage('Drawing the sample pictures');
  const classes = { flags: flags(), smileys: smileys() };
  const total = classes.flags.length + classes.smileys.length;
  const draft = draftOf(output);
  const unseenDraft = draftOf(unseen);
  // Loaded only when needed, so that a set-up with nothing to do is quick.
  const { sharp } = await import('../../main/pictures/sharp.ts');
  let drawn = 0;
  for (const [label, emojis] of Object.entries(classes)) {
    mkdirSync(join(draft, label));
    for (const [index, { name, svg }] of emojis.entries()) {
      const folder = HELD_OUT.has(name) ? unseenDraft : join(draft, label);
      const png = await sharp(Buffer.from(compose(svg, index)))
        .removeAlpha()
        .png()
        .toBuffer();
      await writeFile(join(folder, `${name}.png`), png);
      progress.update(++drawn, total, 'items');
    }
  }
  putInPlace(unseenDraft, unseen);
  putInPlace(draft, output);
  return drawn;
}

/**
 * Every second national flag by name, as many as there are smileys, and the one that is held out. Those of some territories
 * are drawn exactly as another flag: each drawing is taken once, so that none is both in training and in validation.
 */
function flags(): Emoji[] {
  const prefix = 'flag_';
  const national = emojiGroup('Flags').filter(({ slug }) => slug.startsWith(prefix));
  const all = drawings(national.map((entry) => ({ ...entry, slug: entry.slug.slice(prefix.length) })));
  const distinct = new Map(all.toReversed().map((flag) => [flag.svg, flag]));
  return [...distinct.values()]
    .toReversed()
    .filter(({ name }, index) => index % 2 === 0 || HELD_OUT.has(name));
}

/** Unicode's group of smileys and emotion, up to the letters and hearts. */
function smileys(): Emoji[] {
  const group = emojiGroup('Smileys & Emotion');
  return drawings(
    group.slice(
      0,
      group.findIndex(({ slug }) => slug === 'love_letter'),
    ),
  );
}

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

/** The entries that this version of Twemoji has, sorted by name, so that the order does not follow the kind of drawing. */
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

/** Twemoji names files by code points, without the variation selector U+FE0F except in joined emoji. */
function codePoints(emoji: string): string {
  const points = Array.from(emoji, (character) => character.codePointAt(0)!);
  const kept = points.includes(0x200d) ? points : points.filter((point) => point !== 0xfe0f);
  return kept.map((point) => point.toString(16)).join('-');
}

/** Places a drawing on a plain background. Additive recurrences spread the values evenly and reproducibly. */
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
