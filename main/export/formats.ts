import type { ExportFormat, ExportFormatId } from '../../shared/contract/export.ts';
import { MODEL_FORMATS, type ModelFormat } from '../../shared/jobs/export.ts';

export const FORMATS: readonly ExportFormat[] = [
  {
    id: 'tfjs',
    name: 'TensorFlow.js',
    description: 'For web pages and Node: a layers model, with a page to try it.',
    needsRun: true,
  },
  {
    id: 'keras',
    name: 'Keras',
    description: 'For Python: one .h5 file for Keras 2 and 3, to predict and to train further.',
    needsRun: true,
  },
  {
    id: 'savedmodel',
    name: 'TensorFlow SavedModel',
    description: 'For servers: TensorFlow Serving and other TensorFlow programs.',
    needsRun: true,
  },
  {
    id: 'onnx',
    name: 'ONNX',
    description: 'For ONNX Runtime on phones and in C++, C#, Java or Rust.',
    needsRun: true,
  },
  {
    id: 'labels',
    name: 'Labels',
    description:
      'labels.csv: every labelled picture with its label, its split, and when and how it was labelled.',
    needsRun: false,
  },
  {
    id: 'folders',
    name: 'Class folders',
    description:
      'The pictures in train/ and validation/, one folder per class, for Keras’ flow_from_directory.',
    needsRun: false,
  },
  {
    id: 'script',
    name: 'Training script',
    description: 'A Keras script that repeats the training elsewhere, also on several machines.',
    needsRun: true,
  },
];

/** Names of the input and output of a SavedModel or an ONNX model. */
export const INPUT = 'pictures';
export const OUTPUT = 'probability';

export const ONNX_MODEL = 'model.onnx';
/** Read by every runtime since 2020. */
export const ONNX_OPSET = 13;

export const isModelFormat = (format: ExportFormatId): format is ModelFormat =>
  (MODEL_FORMATS as readonly string[]).includes(format);
