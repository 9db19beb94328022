import { Head } from '../../../main/model/head/head.ts';
import { FEATURES, LEARNING_RATE, UNITS } from './workload.ts';

/** The tutorial's head, ready to train. */
export const tutorialHead = (features = FEATURES): Promise<Head> =>
  Head.create({ features, units: [UNITS], dropout: 0.2, learningRate: LEARNING_RATE, seed: 1 });
