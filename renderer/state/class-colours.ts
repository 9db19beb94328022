import type { ClassInfo } from '../../shared/library.ts';

/** Relative luminance of `#rrggbb`, 0..1 (WCAG 2). */
export function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Black or white, whichever is read better on the colour: at least 4.5:1 in every case. */
export function textOn(color: string): '#000000' | '#ffffff' {
  const level = luminance(color);
  return (level + 0.05) / 0.05 >= 1.05 / (level + 0.05) ? '#000000' : '#ffffff';
}

/** Makes the project's two colours those of the theme. */
export function applyClassColours(root: HTMLElement, classes: readonly [ClassInfo, ClassInfo]): void {
  classes.forEach(({ color }, index) => {
    root.style.setProperty(`--class-${index}`, color);
    root.style.setProperty(`--on-class-${index}`, textOn(color));
  });
}
