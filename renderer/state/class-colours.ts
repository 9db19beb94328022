import type { ClassInfo } from '../../shared/library/classes.ts';
import { selectionColours, textOn } from '../lib/colours.ts';

/** Makes the project's two colours those of the theme. */
export function applyClassColours(root: HTMLElement, classes: readonly [ClassInfo, ClassInfo]): void {
  classes.forEach(({ color }, index) => {
    root.style.setProperty(`--class-${index}`, color);
    root.style.setProperty(`--on-class-${index}`, textOn(color));
  });
  root.style.setProperty('--selection', `light-dark(${selectionColours(classes).join(', ')})`);
}
