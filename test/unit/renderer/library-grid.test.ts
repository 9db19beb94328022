import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  boxOf,
  cellsInSight,
  indexAt,
  indicesBetween,
  indicesIn,
  layOut,
  offsetFor,
  offsetOf,
  rangeInSight,
  rangeWhollyInSight,
  scrollTopOf,
} from '../../../renderer/views/library/geometry.ts';
import { classMarks, labelName } from '../../../renderer/lib/marks.ts';

const someLayout = fc
  .record({
    count: fc.integer({ min: 1, max: 200_000 }),
    width: fc.integer({ min: 100, max: 3000 }),
    size: fc.integer({ min: 72, max: 256 }),
    view: fc.integer({ min: 100, max: 2000 }),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ count, width, size, view, place }) => {
    const layout = layOut(count, width, size);
    const scrollTop = place * Math.max(0, layout.scrollHeight - view);
    return { layout, view, scrollTop, width, size };
  });

describe('the grid', () => {
  test('fills the width with cells at least as large as wanted', () => {
    fc.assert(
      fc.property(someLayout, ({ layout, width, size }) => {
        const last = boxOf(layout, layout.columns - 1);
        expect(last.right).toBeLessThanOrEqual(width);
        if (width > size + 32) expect(layout.cell).toBeGreaterThanOrEqual(size);
      }),
    );
  });

  test('finds each picture at its own place, and none between', () => {
    fc.assert(
      fc.property(someLayout, fc.nat(), ({ layout }, number) => {
        const index = number % layout.count;
        const { left, top, right, bottom } = boxOf(layout, index);
        expect(indexAt(layout, left, top)).toBe(index);
        expect(indexAt(layout, right - 1, bottom - 1)).toBe(index);
        expect(indexAt(layout, right + 1, top)).toBeNull();
        expect(indexAt(layout, left, bottom + 1)).toBeNull();
      }),
    );
  });

  test('counts as wholly in sight the rows between both edges of the view, and no other', () => {
    fc.assert(
      fc.property(someLayout, ({ layout, view, scrollTop }) => {
        const offset = offsetOf(layout, scrollTop, view);
        const [first, end] = rangeWhollyInSight(layout, offset, view);
        const isWhole = (index: number): boolean => {
          const { top, bottom } = boxOf(layout, index);
          return top >= offset && bottom <= offset + view;
        };
        const [from, to] = rangeInSight(layout, offset, view, 1);
        for (let index = from; index < to; index++) {
          expect([index, index >= first && index < end]).toEqual([index, isWhole(index)]);
        }
        expect(end).toBeGreaterThanOrEqual(first);
        if (end > first) expect([first >= from, end <= to]).toEqual([true, true]);
      }),
    );
  });

  test('has nothing wholly in sight where a row is higher than the view, and all of it where it fits', () => {
    const layout = layOut(100, 300, 256);
    const [first, end] = rangeWhollyInSight(layout, 500, layout.cell - 1);
    expect(end).toBe(first);
    expect(rangeWhollyInSight(layout, boxOf(layout, 7).top, layout.cell)).toEqual([7, 8]);
    expect(rangeWhollyInSight(layOut(5, 1000, 144, 20), 0, 600)).toEqual([0, 5]);
    expect(rangeWhollyInSight(layOut(0, 1000, 144), 0, 600)).toEqual([0, 0]);
  });

  test('has only its last rows wholly in sight at its end', () => {
    const layout = layOut(100_000, 1000, 144);
    const [first, end] = rangeWhollyInSight(layout, layout.height - 600, 600);
    expect(end).toBe(100_000);
    expect(end - first).toBeLessThanOrEqual(layout.columns * 4);
    expect(first).toBeLessThan(end);
  });

  test('has a cell for everything in sight, wherever it is scrolled to', () => {
    fc.assert(
      fc.property(someLayout, ({ layout, view, scrollTop }) => {
        const offset = offsetOf(layout, scrollTop, view);
        const [first] = rangeInSight(layout, offset, view, 2);
        const cells = Math.min(layout.count, cellsInSight(layout, view, 2));
        const [from, to] = rangeInSight(layout, offset, view, 0);
        expect(first).toBeLessThanOrEqual(from);
        expect(first + cells).toBeGreaterThanOrEqual(to);
      }),
    );
  });

  test('is never higher than Chromium can lay out, and yet reaches its last picture', () => {
    const layout = layOut(2_000_000, 500, 256);
    expect(layout.scrollHeight).toBeLessThan(2 ** 25);
    expect(layout.height).toBeGreaterThan(2 ** 25);
    const bottom = layout.scrollHeight - 800;
    expect(offsetOf(layout, bottom, 800)).toBeCloseTo(layout.height - 800);
    expect(scrollTopOf(layout, offsetOf(layout, 12_345, 800), 800)).toBeCloseTo(12_345);
    expect(rangeInSight(layout, offsetOf(layout, bottom, 800), 800, 0)[1]).toBe(2_000_000);
  });

  test('scrolls only as far as it must to show a picture', () => {
    const layout = layOut(1000, 1000, 144);
    expect(offsetFor(layout, 3, 0, 600)).toBe(0);
    const below = offsetFor(layout, 60, 0, 600);
    expect(boxOf(layout, 60).bottom).toBeLessThanOrEqual(below + 600);
    expect(offsetFor(layout, 60, below, 600)).toBe(below);
    expect(offsetFor(layout, 0, below, 600)).toBe(0);
  });

  test('a quick stroke passes over no picture on its way', () => {
    const layout = layOut(100, 1000, 144);
    const middle = (index: number) => {
      const { left, top } = boxOf(layout, index);
      return { x: left + layout.cell / 2, y: top + layout.cell / 2 };
    };
    expect(indicesBetween(layout, middle(0), middle(5))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(indicesBetween(layout, middle(0), middle(3 * layout.columns))).toEqual(
      [0, 1, 2, 3].map((row) => row * layout.columns),
    );
  });

  test('a rubber band takes what it touches', () => {
    const layout = layOut(20, 1000, 144);
    const { right, bottom } = boxOf(layout, layout.columns + 1);
    const { left, top } = boxOf(layout, 0);
    expect(indicesIn(layout, { left: left + 9, top: top + 9, right: right - 9, bottom: bottom - 9 })).toEqual(
      [0, 1, layout.columns, layout.columns + 1],
    );
    expect(indicesIn(layout, { left: -50, top: -50, right: -20, bottom: 5000 })).toEqual([]);
    expect(indicesIn(layout, { left: -50, top: -50, right: 5000, bottom: 9000 })).toHaveLength(20);
  });

  test('file names make rows higher and nothing else', () => {
    const plain = layOut(100, 1000, 144);
    const named = layOut(100, 1000, 144, 20);
    expect(named).toMatchObject({ columns: plain.columns, cell: plain.cell, rows: plain.rows });
    expect(named.height).toBe(plain.height + 20 * plain.rows);
    for (const index of [0, 7, 99]) {
      const { left, top, bottom } = boxOf(named, index);
      expect(bottom - top).toBe(named.cell + 20);
      expect(indexAt(named, left + 1, bottom - 1)).toBe(index);
      expect(indicesIn(named, { left: left + 1, top: top + 1, right: left + 2, bottom: bottom - 1 })).toEqual(
        [index],
      );
    }
  });
});

const named = (first: string, second: string) =>
  [
    { name: first, color: '#000000' },
    { name: second, color: '#ffffff' },
  ] as const;

test.each([
  ['animals', 'food', 'A', 'F'],
  ['Class A', 'Class B', 'A', 'B'],
  ['cats', 'cars', '1', '2'],
  ['éléphant', '🐱 chat', 'É', '🐱'],
])('the marks of %s and %s are %s and %s', (first, second, ...marks) => {
  expect(classMarks(named(first, second))).toEqual(marks);
});

test('every label has words', () => {
  const classes = named('animals', 'food');
  expect([0, 1, 'skipped', null].map((label) => labelName(label as 0, classes))).toEqual([
    'animals',
    'food',
    'skipped',
    'not labelled',
  ]);
});
