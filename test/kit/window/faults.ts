import type { AppUnderTest } from './harness.ts';
import { layoutFaults } from './layout.ts';

/** Elements that Tab should reach, marked with a number each, in the dialog where one is open. */
const MARK = `(() => {
  document.querySelectorAll('[data-walk]').forEach((one) => one.removeAttribute('data-walk'));
  const root = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
  const all = [...root.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(
    (one) => one.tabIndex >= 0 && !one.disabled && !one.closest('[inert]') && one.checkVisibility({ visibilityProperty: true }),
  );
  // Of radio buttons one takes the focus; the arrow keys lead to the others.
  const seen = all.filter((one) => one.type !== 'radio' || one.checked);
  seen.forEach((one, number) => one.setAttribute('data-walk', number));
  return seen.map((one) => one.outerHTML.slice(0, 160));
})()`;

/** The element with the focus: its number, and whether one can see that it has it. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  // A card is outlined in place of the radio button in it.
  const outlined = [one, one.parentElement, one.parentElement.parentElement].map((each) => getComputedStyle(each));
  // A part of a chart that is stretched has a line around it, which is not.
  const stroked = one instanceof SVGElement ? [...one.children].map((each) => getComputedStyle(each)) : [];
  return {
    number: one.getAttribute('data-walk'),
    html: one.outerHTML.slice(0, 160),
    visible:
      outlined.some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) ||
      stroked.some(({ stroke, strokeWidth }) => stroke !== 'none' && parseFloat(strokeWidth) >= 1),
  };
})()`;

interface Focused {
  number: string | null;
  html: string;
  visible: boolean;
}

/** Goes round with Tab. @returns what is wrong: controls that it does not reach, and focus that one does not see */
async function walk(app: AppUnderTest): Promise<string[]> {
  const wanted = await app.page.evaluate<string[]>(MARK);
  const reached = new Set<string>();
  const wrong = new Set<string>();
  for (let presses = 0; presses < wanted.length * 2 + 10 && reached.size < wanted.length; presses++) {
    await app.page.keyboard.press('Tab');
    const focused = await app.page.evaluate<Focused | null>(FOCUSED);
    if (focused === null) continue;
    if (focused.number !== null) reached.add(focused.number);
    if (!focused.visible) wrong.add(`can't be seen to have the focus: ${focused.html}`);
  }
  wanted.forEach((html, number) => {
    if (!reached.has(String(number))) wrong.add(`is not reached with Tab: ${html}`);
  });
  return [...wrong];
}

interface Size {
  width: number;
  height: number;
}
const SIZE = '({ width: innerWidth, height: innerHeight })';

/** Everything that is wrong with the screen or dialog that is shown now, whatever it is for. */
export async function faults(app: AppUnderTest): Promise<string[]> {
  const found = [...(await app.accessibility()), ...(await walk(app))];
  const { width, height } = await app.page.evaluate<Size>(SIZE);
  found.push(...(await layoutFaults(app)));
  await app.resize(width, height);
  return found;
}
