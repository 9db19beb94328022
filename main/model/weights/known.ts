import { join } from 'node:path';
import { dataFolder, resourceFolder } from '../../files/paths.ts';

/** The weights that Twofold knows by name, and where weights are stored. */

/** Stands for the best available weights: ImageNet's, otherwise those of nsfwjs. */
export const DEFAULT_NAME = 'default';

/** The official Keras file, as in the Keras tutorial. */
export const IMAGENET = {
  name: 'imagenet',
  title: 'ImageNet, the official Keras file, as in the tutorial',
  licence:
    'MIT (fchollet/deep-learning-models, v0.5). Pretrained on ImageNet, whose pictures are for research only; get legal advice where that matters.',
};

/** From an npm package, so available wherever npm packages are. */
export const NSFWJS = {
  name: 'nsfwjs',
  title: 'ImageNet at 8 bits, last blocks fine-tuned for content moderation',
  licence:
    'MIT (npm package nsfwjs 4.3.0). Pretrained on ImageNet, last blocks fine-tuned for content moderation.',
  /** Changes only with the npm package; a file with another one is damaged. */
  fingerprint: 'd735b09fcc69d7264e3efab9655ed7d77489be5220eb57b07d8339a583ebebcb',
};

export const KNOWN = [IMAGENET, NSFWJS];

/** Names in earlier versions. A run's fingerprint tells which weights its `default` meant. */
const FORMER_NAMES: Partial<Record<string, string>> = { keras: IMAGENET.name };

/** Today's name of weights. */
export const currentName = (name: string): string => FORMER_NAMES[name] ?? name;

/** The licence of InceptionV3's weights, as far as it is known. */
export function licenceOf(name: string): string {
  return (
    KNOWN.find((known) => known.name === name)?.licence ?? 'Imported from a file: unknown. Ask its author.'
  );
}

export const storeFolder = (): string => join(dataFolder(), 'weights');
export const storePath = (name: string): string => join(storeFolder(), `${name}.safetensors`);
/** Where set-up puts weights, and where the packaged app has them. */
export const resourcePath = (name: string): string =>
  join(resourceFolder(), 'weights', `${name}.safetensors`);

/** Files that may hold the weights; the first that exists counts. */
export function placesOf(name: string): string[] {
  switch (name) {
    case NSFWJS.name:
      return [resourcePath(name)];
    case IMAGENET.name:
      return [storePath(name), storePath('keras'), resourcePath(name)];
    default:
      return [storePath(name)];
  }
}
