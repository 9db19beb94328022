import { colourDistance, DISTINCT, linear } from '../../shared/colour-distance.ts';
import type { ClassInfo } from '../../shared/library/classes.ts';

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
