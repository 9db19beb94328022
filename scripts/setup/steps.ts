import { debianStep } from './debian.ts';
import { electronStep } from './electron.ts';
import { jpegStep } from './jpeg.ts';
import { samplesStep } from './samples.ts';
import { sqliteStep } from './sqlite.ts';
import type { Purpose, Step } from './step.ts';
import { tensorflowStep } from './tensorflow.ts';
import { weightsStep } from './weights.ts';

/** Every step in order: a later one may need what an earlier one installed. */
const STEPS: readonly Step[] = [
  debianStep('app'),
  debianStep('test'),
  electronStep,
  tensorflowStep,
  sqliteStep,
  jpegStep,
  weightsStep,
  samplesStep,
];

/** The steps that `purposes` need. */
export const stepsFor = (purposes: readonly Purpose[]): Step[] =>
  STEPS.filter((step) => step.purposes.some((purpose) => purposes.includes(purpose)));
