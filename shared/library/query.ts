import { z } from 'zod';
import { checkSchema } from '../checks.ts';
import { EVALUATED_SETS, SPLITS } from '../split.ts';
import { runIdSchema, thresholdSchema } from './runs.ts';

/** How alike look-alikes are: cosine in the index. Pairs below 0.8 are not stored. */
export const alikeSchema = z.number().min(0.8).max(0.99).default(0.88);

/** Which pictures the grid shows. `split`: of a run if one is given, otherwise as set in the project. */
export const pictureFilterSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('unlabelled') }),
  z.strictObject({ kind: z.literal('labelled') }),
  /** Labelled, and not in the test set. */
  z.strictObject({ kind: z.literal('trainable') }),
  z.strictObject({ kind: z.literal('class'), class: z.union([z.literal(0), z.literal(1)]) }),
  z.strictObject({ kind: z.literal('skipped') }),
  z.strictObject({
    kind: z.literal('split'),
    split: z.enum(SPLITS),
    run: runIdSchema.optional(),
  }),
  z.strictObject({ kind: z.literal('problems') }),
  /** Pictures to which a check applies; those not measured yet are not among them. */
  z.strictObject({ kind: z.literal('check'), check: checkSchema }),
  z.strictObject({ kind: z.literal('import'), importId: z.int().positive() }),
  z.strictObject({
    kind: z.literal('wrong'),
    run: runIdSchema,
    on: z.enum(EVALUATED_SETS).default('validation'),
    /**
     * With `on: 'validation'`. `predicted`: also training pictures and pictures labelled later, as far as the run has
     * predicted them.
     */
    among: z.enum(['validation', 'predicted']).default('validation'),
    /** Default: the project's. */
    threshold: thresholdSchema.optional(),
  }),
  /** These pictures, as far as they exist. Not stored in the settings of a project. `title`: what a chart says of them. */
  z.strictObject({
    kind: z.literal('selected'),
    ids: z.instanceof(Uint32Array),
    title: z.string().max(300).exactOptional(),
  }),
  /** Pictures that have near-duplicates, group by group whatever the sort. */
  z.strictObject({ kind: z.literal('duplicates') }),
  /** Unlabelled pictures that are alike, group by group whatever the sort. `from`: least cosine with the first of the group. */
  z.strictObject({ kind: z.literal('alike'), from: alikeSchema }),
  /** Unlabelled pictures for which a class is suggested, with at least a probability. */
  z.strictObject({
    kind: z.literal('suggested'),
    class: z.union([z.literal(0), z.literal(1)]),
    from: z.number().min(0.5).max(1).default(0.5),
  }),
]);
export type PictureFilter = z.infer<typeof pictureFilterSchema>;

/**
 * How pictures are sorted by what is suggested for them. `class`: from the surest of class 0 to the surest of class 1.
 * `next`: which to label next, typical or uncertain ones that differ from each other.
 */
export const suggestionOrderSchema = z.enum(['surest', 'least-sure', 'class', 'next']);
export type SuggestionOrder = z.infer<typeof suggestionOrderSchema>;

/** `uncertain`: probability nearest 0.5 first. `mislabelled`: most probably of the other class first. */
export const pictureSortSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('added'), descending: z.boolean().default(false) }),
  z.strictObject({ by: z.literal('name'), descending: z.boolean().default(false) }),
  z.strictObject({ by: z.literal('uncertain'), run: runIdSchema }),
  z.strictObject({ by: z.literal('mislabelled'), run: runIdSchema }),
  z.strictObject({ by: z.literal('suggestion'), order: suggestionOrderSchema }),
  /** The most similar to a picture first. */
  z.strictObject({ by: z.literal('similar'), to: z.int().positive() }),
]);
export type PictureSort = z.infer<typeof pictureSortSchema>;

export const pictureQuerySchema = z.strictObject({
  filter: pictureFilterSchema.prefault({ kind: 'all' }),
  sort: pictureSortSchema.prefault({ by: 'added' }),
  /** Only pictures in this folder (absolute path) and below it; null: all. */
  folder: z.string().max(4096).nullable().default(null),
  /** Words that must all occur in the file's name or in the names of its folders, ignoring case and accents. */
  search: z.string().max(500).default(''),
});
export type PictureQuery = z.infer<typeof pictureQuerySchema>;
export type PictureQueryInput = z.input<typeof pictureQuerySchema>;
