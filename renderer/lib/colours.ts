import type { ClassInfo } from '../../shared/library/classes.ts';

/** Red, green and blue of `#rrggbb` as amounts of light, 0..1 (sRGB). */
function linear(color: string): [number, number, number] {
  return [1, 3, 5].map((at) => {
    const channel = parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
}

/** Relative luminance of `#rrggbb`, 0..1 (WCAG 2). */
export function luminance(color: string): number {
  const [red, green, blue] = linear(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever is read better on the colour: at least 4.5:1 in every case. */
export function textOn(color: string): '#000000' | '#ffffff' {
  const level = luminance(color);
  return (level + 0.05) / 0.05 >= 1.05 / (level + 0.05) ? '#000000' : '#ffffff';
}

/** Colours for what is selected, each in light and dark: 3:1 against the surfaces of its theme. The first is preferred. */
export const SELECTION_COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#7a3fb0', '#c79bff'],
  ['#0d6f6a', '#5fd6cf'],
  ['#b01e6d', '#ff8ac4'],
];
/** Distances in OKLab above it are told apart at a glance; black and white are 1 apart. */
const DISTINCT = 0.15;

/** Lightness and the two colour axes of `#rrggbb` in OKLab (Ottosson 2020), in which equal distances look equal. */
function oklab(color: string): [number, number, number] {
  const [r, g, b] = linear(color);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** How different two colours look; 0 for the same, 1 for black and white. */
export function colourDistance(one: string, other: string): number {
  const [a, b] = [oklab(one), oklab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The colours of what is selected, in light and dark, that neither class looks like. */
export function selectionColours(
  classes: readonly [ClassInfo, ClassInfo],
): readonly [light: string, dark: string] {
  const nearest = (pair: readonly [string, string]): number =>
    Math.min(...pair.flatMap((one) => classes.map(({ color }) => colourDistance(one, color))));
  const [preferred] = SELECTION_COLOURS;
  if (preferred && nearest(preferred) >= DISTINCT) return preferred;
  return [...SELECTION_COLOURS].sort((a, b) => nearest(b) - nearest(a))[0]!;
}
