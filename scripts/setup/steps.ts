import { samplesStep } from './samples.ts';
import type { Purpose, Step } from './step.ts';
import { weightsStep } from './weights.ts';

/** Every step, in the order in which they run: a later one may need what an earlier one installed. */
const STEPS: readonly Step[] = [weightsStep, samplesStep];

/** The steps that `purposes` need. */
export const stepsFor = (purposes: readonly Purpose[]): Step[] =>
  STEPS.filter((step) => step.purposes.some((purpose) => purposes.includes(purpose)));
