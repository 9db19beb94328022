import type { Palette, Rgba } from './looks.ts';

const NAMES = {
  class0: '--class-0',
  class1: '--class-1',
  none: '--line-strong',
  skipped: '--skipped',
  wrong: '--danger',
  likely: '--warning',
  correct: '--good',
  selection: '--selection',
  ground: '--ground',
  text: '--text',
} as const;

/** Reads colours of the theme, as an element within the window has them. */
export function readPalette(within: HTMLElement): Palette {
  const probe = within.ownerDocument.createElement('span');
  within.append(probe);
  const read = (name: string): Rgba => {
    probe.style.color = `var(${name})`;
    const [red = 0, green = 0, blue = 0] = getComputedStyle(probe)
      .color.match(/[\d.]+/g)!
      .map(Number);
    return [red, green, blue, 255];
  };
  const { class0, class1, ...rest } = Object.fromEntries(
    Object.entries(NAMES).map(([key, name]) => [key, read(name)]),
  ) as Record<keyof typeof NAMES, Rgba>;
  probe.remove();
  return { ...rest, classes: [class0, class1] };
}

export const cssOf = ([red, green, blue, opacity]: Rgba): string =>
  `rgb(${red} ${green} ${blue} / ${opacity / 255})`;
