import type { AppUnderTest } from './harness.ts';

/** The minimum, a small notebook and the default: width and height of the window's content, in CSS pixels. */
export const WINDOW_SIZES: readonly [number, number][] = [
  [800, 560],
  [1024, 640],
  [1280, 800],
];

/** Short, ordinary and long class names: of 3, 13 and 35 letters. */
export const CLASS_NAMES: readonly [string, string][] = [
  ['cat', 'dog'],
  ['not scratched', 'scratched red'],
  ['photographs of the northern lapwing', 'photographs of the southern lapwing'],
];

/**
 * What is wrong with the layout as it is drawn now. Runs in the window, on the dialog in front where one is open:
 * containers that scroll sideways; text that is cut and not given whole in a `title` of it or around it, or drawn over
 * other text; controls that something cuts off.
 */
const FAULTS = `(() => {
  const found = new Set();
  const tidy = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
  const name = (element) => {
    const path = [];
    for (let one = element; one && path.length < 3; one = one.parentElement) {
      path.unshift(one.tagName.toLowerCase() + [...one.classList].filter((word) => !word.startsWith('svelte-')).map((word) => '.' + word).join(''));
    }
    return path.join(' > ') + ' “' + tidy(element.getAttribute('aria-label') ?? element.textContent).slice(0, 60) + '”';
  };
  const isHidden = (element) =>
    !element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || element.closest('.visually-hidden, [inert], canvas, option') !== null;
  /** What clips an element: each ancestor with its inner box, up to the window. */
  const clippers = (element) => {
    const all = [];
    let { position } = getComputedStyle(element);
    for (let box = element.parentElement; box && position !== 'fixed'; box = box.parentElement) {
      const style = getComputedStyle(box);
      const isPassed = position === 'absolute' && style.position === 'static' && style.containerType === 'normal' && style.transform === 'none';
      if (isPassed) continue;
      position = style.position;
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const { left, top } = box.getBoundingClientRect();
      const x = left + box.clientLeft;
      const y = top + box.clientTop;
      all.push({ box, style, left: x, top: y, right: x + box.clientWidth, bottom: y + box.clientHeight });
    }
    const page = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    all.push({ box: document.documentElement, style: { overflowX: 'hidden', overflowY: 'hidden' }, ...page });
    return all;
  };
  const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
  /** What cuts a rectangle of an element off, if anything does; what can be scrolled into view is not cut. */
  const cutBy = (element, rect, clips) => {
    let { left, top, right, bottom } = rect;
    for (const clip of clips) {
      if (right > clip.right + 1 || left < clip.left - 1) return clip.box;
      if (scrolls(clip.style.overflowY)) {
        if (bottom < clip.top || top > clip.bottom) return null;
        top = Math.max(top, clip.top);
        bottom = Math.min(bottom, clip.bottom);
      } else if (bottom > clip.bottom + 2 || top < clip.top - 2) return clip.box;
    }
    return null;
  };
  const isToldBy = (element, text) => {
    for (let one = element; one; one = one.parentElement) {
      const title = one.getAttribute('title') ?? (one instanceof SVGElement ? one.querySelector(':scope > title')?.textContent : null);
      if (title && tidy(title).includes(text)) return true;
    }
    return false;
  };

  const root = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  for (const element of [root, ...root.querySelectorAll('*')]) {
    if (isHidden(element)) continue;
    const { overflowX } = getComputedStyle(element);
    // Lines of code and tables of text have their width.
    if (element.matches('pre, :has(> pre)')) continue;
    if (scrolls(overflowX) && element.scrollWidth > element.clientWidth + 1) found.add('scrolls sideways: ' + name(element));
    if (element.matches('button, input:not([type=file]), select, textarea, summary, a[href], [role=slider]')) {
      const box = element.getBoundingClientRect();
      const cutter = box.width > 1 && cutBy(element, box, clippers(element));
      if (cutter) found.add('control cut off: ' + name(element) + ' by ' + name(cutter));
    }
    if (element.matches('select, input[type=search], input[type=text], input:not([type])')) {
      const text = tidy(element instanceof HTMLSelectElement ? element.selectedOptions[0]?.text : element.value || element.placeholder);
      const style = getComputedStyle(element);
      const context = document.createElement('canvas').getContext('2d');
      context.font = style.font;
      const arrow = element instanceof HTMLSelectElement ? 16 : 0;
      const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
      const isEdited = !(element instanceof HTMLSelectElement) && element.value !== '';
      if (!isEdited && context.measureText(text).width > room + 1 && !isToldBy(element, text)) found.add('text cut: ' + name(element) + ' shows “' + text + '”');
    }
  }

  /** What lies in front of or behind what surrounds it: a popover, a bar over scrolled rows. */
  const layerOf = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (getComputedStyle(one).position !== 'static' && getComputedStyle(one).position !== 'relative') return one;
    }
    return null;
  };
  const drawn = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = tidy(node.textContent);
    if (text === '' || isHidden(element) || element.closest('select, textarea, script, style, title, pre')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const clips = clippers(element);
    const own = getComputedStyle(element);
    if (own.overflowX !== 'visible' || own.overflowY !== 'visible') {
      const { left, top } = element.getBoundingClientRect();
      const x = left + element.clientLeft;
      const y = top + element.clientTop;
      clips.unshift({ box: element, style: own, left: x, top: y, right: x + element.clientWidth, bottom: y + element.clientHeight });
    }
    const rects = [...range.getClientRects()];
    const cutter = rects.map((rect) => cutBy(element, rect, clips)).find((one) => one !== null);
    if (cutter && !isToldBy(element, text)) found.add('text cut: ' + name(element) + ' by ' + name(cutter));
    for (const rect of rects) {
      const left = Math.max(rect.left, ...clips.map((clip) => clip.left));
      const right = Math.min(rect.right, ...clips.map((clip) => clip.right));
      const top = Math.max(rect.top, ...clips.map((clip) => clip.top));
      const bottom = Math.min(rect.bottom, ...clips.map((clip) => clip.bottom));
      if (right > left && bottom > top) drawn.push({ element, layer: layerOf(element), left, right, top, bottom });
    }
  }

  for (const [at, one] of drawn.entries()) {
    for (const other of drawn.slice(at + 1)) {
      if (one.element === other.element || one.layer !== other.layer) continue;
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (width > 2 && height > 4) found.add('text on text: ' + name(one.element) + ' and ' + name(other.element));
    }
  }
  return [...found];
})()`;

/**
 * What is wrong with the layout of what is shown now in small and large windows; the window keeps the last size.
 *
 * @param prepare called at each size before it is looked at
 */
export async function layoutFaults(app: AppUnderTest, prepare?: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const [width, height] of WINDOW_SIZES) {
    await app.resize(width, height);
    await prepare?.();
    await app.settle();
    const faults = await app.page.evaluate<string[]>(FAULTS);
    found.push(...faults.map((fault) => `at ${width} × ${height}: ${fault}`));
  }
  return found;
}
