import { expect, test } from 'vitest';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { looksOf, type Look } from '../../../renderer/views/library/map/looks.ts';
import { PointImage } from '../../../renderer/views/library/map/point-image.ts';
import { seededGenerator } from '../../../main/support/random.ts';

const FRAME = { width: 120, height: 90 };
const LOOKS: Look[] = [
  { colour: [42, 120, 214, 255], shape: 'disc', level: 1 },
  { colour: [237, 125, 49, 255], shape: 'square', level: 2 },
  { colour: [140, 140, 150, 200], shape: 'ring', level: 1 },
];

function drawing(points: Float32Array<ArrayBuffer>, isSelected: (index: number) => boolean = () => false) {
  const image = new PointImage();
  image.setPoints(points);
  const count = points.length / 2;
  image.setLooks(
    looksOf(
      count,
      (index) => LOOKS[index % 3]!,
      (index) => index % 7 !== 0,
      isSelected,
    ),
    [120, 60, 180, 255],
  );
  return (x: number, y: number, scale = 10, density = 1): Uint8Array => {
    image.draw({ x, y, scale }, FRAME, density, 2.5);
    return new Uint8Array(image.pixels.slice().buffer);
  };
}

const random = seededGenerator(7);
const many = Float32Array.from({ length: 4000 }, () => 30 * uniformFloat64(random) - 15);

test('a map that is moved shows the same as one that is drawn whole', () => {
  const isSelected = (index: number): boolean => index % 11 === 0;
  const moving = drawing(many, isSelected);
  moving(0, 0);
  for (const [x, y] of [
    [0.7, 0],
    [0.7, -1.2],
    [-3, 2],
    [-3, 2],
    // Not by whole pixels, out of sight, and back.
    [-2.96, 2.03],
    [40, 0],
    [1, 1],
  ] as const) {
    expect(Buffer.compare(moving(x, y), drawing(many, isSelected)(x, y)), `${x} ${y}`).toBe(0);
  }
  // Zoomed, and with two pixels for each.
  expect(Buffer.compare(moving(1, 1, 17), drawing(many, isSelected)(1, 1, 17))).toBe(0);
  expect(Buffer.compare(moving(1.1, 1, 17, 2), drawing(many, isSelected)(1.1, 1, 17, 2))).toBe(0);
});

test('points of a higher level cover the others, and what is selected has an outline', () => {
  // At the same place: a disc that the filter leaves out, a square over a ring.
  const at = (image: Uint8Array, x: number, y: number): number[] =>
    [...image.subarray(4 * (y * FRAME.width + x))].slice(0, 4);
  const places = Float32Array.of(0, 0, 0, 0, 0, 0);
  expect(at(drawing(places)(0, 0), 60, 45)).toEqual([237, 125, 49, 255]);
  expect(at(drawing(places)(0, 0), 64, 45)).toEqual([0, 0, 0, 0]);
  const selected = drawing(places, (index) => index === 1)(0, 0);
  expect(at(selected, 60, 45)).toEqual([237, 125, 49, 255]);
  expect(at(selected, 64, 45)).toEqual([120, 60, 180, 255]);
});
