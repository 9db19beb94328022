/** Imports InceptionV3's weights from a Keras file. */
export interface ImportWeightsJob {
  kind: 'import-weights';
  file: string;
  /** Name for the weights, unless it is the official file, which has its own. */
  name: string;
}

export interface ImportWeightsResult {
  kind: 'import-weights';
  /** What a recipe takes. */
  name: string;
  title: string;
}
