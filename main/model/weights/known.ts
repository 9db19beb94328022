import { join } from 'node:path';
import { dataFolder, resourceFolder } from '../../files/paths.ts';

/** The weights that Twofold knows by name, and where weights are kept. */

/** Stands for the best weights that are there: ImageNet's, else those of nsfwjs. */
export const DEFAULT_NAME = 'default';

/** The official file of Keras, the one of the Keras tutorial. */
export const IMAGENET = {
  name: 'imagenet',
  title: 'ImageNet, the official Keras file, as in the tutorial',
  licence:
    'MIT (fchollet/deep-learning-models, v0.5). Pretrained on ImageNet, whose pictures are for research; ask a lawyer where that matters.',
};

/** Those that an npm package carries, so that they can be had wherever npm packages can. */
export const NSFWJS = {
  name: 'nsfwjs',
  title: 'ImageNet at 8 bits, last blocks fine-tuned for content moderation',
  licence:
    'MIT (npm package nsfwjs 4.3.0). Pretrained on ImageNet, last blocks fine-tuned for content moderation.',
  /** It changes only with the package it is made of; a file with another one is damaged. */
  fingerprint: 'd735b09fcc69d7264e3efab9655ed7d77489be5220eb57b07d8339a583ebebcb',
};

export const KNOWN = [IMAGENET, NSFWJS];

/** Before they were named for what they are. A run's fingerprint tells which weights its `default` meant. */
const FORMER_NAMES: Partial<Record<string, string>> = { keras: IMAGENET.name };

/** The name that counts today. */
export const currentName = (name: string): string => FORMER_NAMES[name] ?? name;

/** What is known of the licence of InceptionV3's weights. */
export function licenceOf(name: string): string {
  return KNOWN.find((known) => known.name === name)?.licence ?? 'Imported from a file: ask whoever made it.';
}

export const storeFolder = (): string => join(dataFolder(), 'weights');
export const storePath = (name: string): string => join(storeFolder(), `${name}.safetensors`);
/** Where set-up puts weights, and where a packaged app carries them. */
export const resourcePath = (name: string): string =>
  join(resourceFolder(), 'weights', `${name}.safetensors`);

/** Files that may hold weights, the first one that is there counts. */
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
