/** How different colours look. Colours are `#rrggbb` (sRGB). */

type Triple = readonly [number, number, number];

/** Red, green and blue as amounts of light, 0..1. */
export function linear(color: string): Triple {
  return [1, 3, 5].map((at) => {
    const channel = parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
}

/** Lightness and the two colour axes in OKLab (Ottosson 2020), in which equal distances look equal. */
function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Distances above it are told apart at a glance. */
export const DISTINCT = 0.15;

/** How different two colours look; 0 for the same, 1 for black and white. */
export const colourDistance = (one: string, other: string): number => distance(linear(one), linear(other));

function distance(one: Triple, other: Triple): number {
  const [a, b] = [oklab(one), oklab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** What a colour looks like without one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1). */
const DEFICIENCIES: readonly (readonly [Triple, Triple, Triple])[] = [
  // Protanopia
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  // Deuteranopia
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  // Tritanopia
  [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
];

/** Whether two colours look different with any kind of colour vision. */
export function looksDifferentToAll(one: string, other: string): boolean {
  const pair = [linear(one), linear(other)] as const;
  const seen = DEFICIENCIES.map((rows) => pair.map((light) => rows.map((row) => dot(row, light))));
  return [pair, ...seen].every((colors) => {
    const [a, b] = colors as unknown as readonly [Triple, Triple];
    return distance(a, b) >= DISTINCT;
  });
}

const dot = (row: Triple, light: Triple): number =>
  Math.min(1, Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2]));
