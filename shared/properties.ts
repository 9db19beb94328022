import type { ClassIndex } from './library/labels.ts';
import type { Interval } from './metrics.ts';

/** Properties that a model could learn instead of what the pictures show. */
export const PROPERTIES = {
  brightness: { name: 'brightness', more: 'brighter', less: 'darker' },
  contrast: { name: 'contrast', more: 'richer in contrast', less: 'poorer in contrast' },
  colourfulness: { name: 'colourfulness', more: 'more colourful', less: 'less colourful' },
  sharpness: { name: 'sharpness', more: 'sharper', less: 'less sharp' },
  pixels: { name: 'number of pixels', more: 'larger', less: 'smaller' },
  aspect: { name: 'ratio of width to height', more: 'wider', less: 'narrower' },
} as const;
export type Property = keyof typeof PROPERTIES;

/** How well a property alone separates the classes. */
export interface PropertyOfClass {
  property: Property;
  /** The class whose pictures have more of it. */
  class: ClassIndex;
  /** ROC AUC, at least 0.5, with its 95% confidence interval. */
  auc: Interval;
  /** How many labelled pictures it was computed on. */
  pictures: number;
  /**
   * Whether the interval is so far above chance, with enough pictures of each class, that a model may learn this property
   * instead.
   */
  isNotable: boolean;
}

/** A sentence such as `"food" is brighter: ROC AUC 0.82 (0.78–0.86) by brightness alone`. */
export function propertySentence(
  { property, class: index, auc }: PropertyOfClass,
  names: readonly [string, string],
): string {
  const { name, more } = PROPERTIES[property];
  const [value, low, high] = [auc.value, auc.low, auc.high].map((one) => one.toFixed(2));
  return `"${names[index]}" is ${more}: ROC AUC ${value} (${low}–${high}) by ${name} alone`;
}

/** What a property that separates the classes means for training. */
export const PROPERTY_CONSEQUENCE = 'A model may learn that instead.';
