/**
 * By what kernel and bias of a head's last layer are multiplied, and so every logit: -1 where the classes changed places,
 * and the inverse of the temperature of a calibrated run.
 */
export const logitFactor = ({ swapped, temperature }: { swapped: boolean; temperature: number }): number =>
  (swapped ? -1 : 1) / temperature;

export const scaled = (values: Float32Array, factor: number): Float32Array =>
  factor === 1 ? values : values.map((value) => value * factor);
