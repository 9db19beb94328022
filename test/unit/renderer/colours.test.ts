import { expect, test } from 'vitest';
import { DEFAULT_CLASSES, type ClassInfo } from '../../../shared/library/classes.ts';
import { colourDistance } from '../../../shared/colour-distance.ts';
import { luminance, SELECTION_COLOURS, selectionColours } from '../../../renderer/lib/colours.ts';

const classes = (first: string, second: string): [ClassInfo, ClassInfo] => [
  { name: 'first', color: first },
  { name: 'second', color: second },
];
/** Contrast as WCAG 2 defines it. */
const contrast = (one: string, other: string): number => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
};
const SURFACES = { light: ['#ffffff', '#f3f4f7', '#e9ebf0'], dark: ['#1f2228', '#17191d', '#121417'] };

test('black and white are 1 apart, a colour and itself 0', () => {
  expect(colourDistance('#000000', '#ffffff')).toBeCloseTo(1, 5);
  expect(colourDistance('#2f7de1', '#2f7de1')).toBe(0);
});

test('the default classes leave the preferred colour', () => {
  expect(selectionColours(DEFAULT_CLASSES)).toBe(SELECTION_COLOURS[0]);
});

test('whatever colours the classes have, the selection is distinct from both', () => {
  const steps = ['00', '55', 'aa', 'ff'];
  const all = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)));
  all.push(...SELECTION_COLOURS.flat());
  for (const first of all) {
    for (const second of all) {
      for (const chosen of selectionColours(classes(first, second))) {
        expect(colourDistance(chosen, first), `${chosen} beside ${first}`).toBeGreaterThan(0.08);
        expect(colourDistance(chosen, second), `${chosen} beside ${second}`).toBeGreaterThan(0.08);
      }
    }
  }
});

test('every selection colour has a contrast of 3:1 with the surfaces of its theme', () => {
  for (const [light, dark] of SELECTION_COLOURS) {
    for (const surface of SURFACES.light) expect(contrast(light, surface)).toBeGreaterThan(3);
    for (const surface of SURFACES.dark) expect(contrast(dark, surface)).toBeGreaterThan(3);
  }
});
