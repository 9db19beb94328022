import type { KernelBits } from '../kernel-bits.ts';
import type { Recipe } from '../recipe.ts';
import type { LeftOut } from './left-out.ts';
import type { RunView } from './run-view.ts';

/** Export formats with a model. */
export const MODEL_FORMATS = ['tfjs', 'keras', 'savedmodel', 'onnx'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

export interface WriteExportJob extends RunView {
  kind: 'write-export';
  runDir: string;
  format: ModelFormat;
  /** Only TensorFlow.js takes fewer than 32. */
  bits: KernelBits;
  /** Existing empty folder to write to. */
  dir: string;
}

/** Predicts pictures with an export, which is loaded from its files alone. */
export interface VerifyExportJob {
  kind: 'verify-export';
  format: ModelFormat;
  dir: string;
  size: number;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
  files: string[];
}

/** Writes pictures to class folders. */
export interface WriteFoldersJob {
  kind: 'write-folders';
  dir: string;
  bits16: Recipe['bits16'];
  /** Links to the files instead of copies. */
  link: boolean;
  pictures: {
    path: string;
    sha256: string;
    /** Path below `dir`; if the picture must be converted, its extension becomes `.png`. */
    target: string;
  }[];
}

export interface WriteExportResult {
  kind: 'write-export';
}

export interface VerifyExportResult {
  kind: 'verify-export';
  /** The runtime of the export, with versions. */
  runtime: string;
  /** Of class 1, one per file; null for those that could not be read. */
  probabilities: (number | null)[];
}

export interface WriteFoldersResult {
  kind: 'write-folders';
  /** The readable pictures. */
  written: { path: string; target: string; how: 'copied' | 'linked' | 'converted' }[];
  leftOut: LeftOut[];
}
