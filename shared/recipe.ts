import { z } from 'zod';

/** Smallest input InceptionV3 accepts without its top, in pixels (as in keras.applications). */
export const MIN_SIZE = 75;

/**
 * Ranges of random transforms, named and defined as in Keras' ImageDataGenerator (Keras tutorial's values as defaults).
 * Rotation and shear are in degrees; shifts are fractions of height and width; zoom z draws from [1 - z, 1 + z],
 * independently for rows and columns.
 */
export const augmentationSchema = z.strictObject({
  enabled: z.boolean().default(true),
  rotation: z.number().min(0).max(180).default(40),
  widthShift: z.number().min(0).max(1).default(0.2),
  heightShift: z.number().min(0).max(1).default(0.2),
  shear: z.number().min(0).max(89).default(0.2),
  zoom: z.number().min(0).max(0.99).default(0.2),
  horizontalFlip: z.boolean().default(true),
  verticalFlip: z.boolean().default(false),
  /** 0: every epoch draws fresh transforms, exactly as Keras does. K > 0: a pool of K variants a picture is reused. */
  variants: z.int().min(0).max(100).default(0),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

/** Everything that decides how a run trains. Defaults are those of the Keras transfer-learning tutorial. */
export const recipeSchema = z.strictObject({
  /** `default`, `keras`, or the name under which weights were imported. */
  weights: z.string().min(1).default('default'),
  /** Keras name of the InceptionV3 layer whose output are the features. */
  cut: z.string().min(1).default('mixed7'),
  /** Input height and width in pixels. */
  size: z.int().min(MIN_SIZE).max(1024).default(150),
  /** `bilinear`: antialiased, as Pillow's BILINEAR; `nearest`: as Keras' flow_from_directory. */
  resize: z.enum(['bilinear', 'nearest']).default('bilinear'),
  /**
   * Bits that 16-bit pictures use: with 12 their samples are multiplied by 16, the same for every picture of a project.
   * 16 leaves them as they are.
   */
  bits16: z.int().min(9).max(16).default(16),
  /** Units of each hidden Dense layer. */
  units: z.array(z.int().min(1).max(8192)).min(1).max(4).default([1024]),
  /** Fraction of hidden units dropped in training, after each hidden Dense layer; 0 leaves the layer out. */
  dropout: z.number().min(0).max(0.95).default(0.2),
  learningRate: z.number().positive().max(1).default(1e-4),
  batch: z.int().min(1).max(1024).default(20),
  epochs: z.int().min(1).max(10_000).default(20),
  /** Epochs without a better validation loss after which training stops; null never stops early. */
  patience: z.int().min(1).max(10_000).nullable().default(null),
  /** Share of pictures held out for validation where folders or labels do not set the split. */
  validationFraction: z.number().min(0.01).max(0.9).default(0.2),
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  augmentation: augmentationSchema.prefault({}),
});
export type Recipe = z.infer<typeof recipeSchema>;

export const DEFAULT_RECIPE: Recipe = recipeSchema.parse({});
