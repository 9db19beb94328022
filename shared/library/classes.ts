import { z } from 'zod';

/** The label of skipped pictures in CSV files, which no class may have as its name. */
export const SKIPPED = 'skipped';

export const classInfoSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'A class needs a name.')
    .max(100, 'A class name has at most 100 characters.')
    .refine((name) => name.toLowerCase() !== SKIPPED, `"${SKIPPED}" is reserved for skipped pictures.`),
  /** `#rrggbb` */
  color: z.string().regex(/^#[0-9a-f]{6}$/i, 'Expected a colour such as #2f7de1.'),
});
export interface ClassInfo {
  name: string;
  /** `#rrggbb` */
  color: string;
}

/** Blue and orange, distinguishable with every common kind of colour blindness, on light and dark backgrounds. */
export const DEFAULT_CLASSES: readonly [ClassInfo, ClassInfo] = [
  { name: 'Class A', color: '#2f7de1' },
  { name: 'Class B', color: '#e8822e' },
];

/** Names of both classes as they were stored; the second is class 1, the positive class. */
export const classNamesSchema = z.tuple([z.string(), z.string()]);
