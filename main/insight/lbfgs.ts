import type { Steps } from '../support/steps.ts';

/** Number of stored pairs of steps and gradient changes. */
const MEMORY = 10;
/** The constant of Armijo's condition of sufficient decrease. */
const SUFFICIENT = 1e-4;

/** A step and the change of the gradient along it, which tell the curvature of the function in one direction. */
export interface CurvaturePair {
  step: Float64Array;
  change: Float64Array;
  /** Their dot product, above 0. */
  curvature: number;
}

export interface Minimum {
  x: Float64Array;
  /** The last pairs, the oldest first. */
  pairs: readonly CurvaturePair[];
  evaluations: number;
}

export interface MinimiseOptions {
  /** Iterations at most. Default 100. */
  iterations?: number;
  /** Stops once no component of the gradient exceeds it. Default 1e-4. */
  tolerance?: number;
  /** Pairs of a similar function, such as the same one with another example, which save iterations. Default: none. */
  pairs?: readonly CurvaturePair[];
  /** Multiplies a vector by the inverse Hessian of a similar function, in place. Default: a multiple of it. */
  precondition?: ((vector: Float64Array) => void) | null;
}

/**
 * Minimises a smooth convex function by L-BFGS with backtracking (Nocedal and Wright, Numerical Optimization,
 * algorithms 7.4 and 3.1).
 *
 * @param evaluate writes the gradient at `x` into its second argument and returns the value
 * @param start not modified
 * @yields after each evaluation but the last
 * @returns the minimum, or the last point after `iterations`
 */
export function* minimiseSteps(
  evaluate: (x: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  { iterations = 100, tolerance = 1e-4, pairs = [], precondition = null }: MinimiseOptions = {},
): Steps<Minimum> {
  let x: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(x.length);
  let value = evaluate(x, gradient);
  let evaluations = 1;
  const history = [...pairs];
  for (let iteration = 0; iteration < iterations && largest(gradient) > tolerance; iteration++) {
    yield;
    const direction = descent(gradient, history, precondition);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      history.length = 0;
      direction.set(gradient.map((component) => -component));
      slope = -dot(gradient, gradient);
    }
    // A first step has length 1 at most, since the curvature is unknown; later a factor of 1 is nearly always right.
    const isKnown = history.length > 0 || precondition;
    let size = !isKnown ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const nextGradient = new Float64Array(x.length);
    let next = moved(x, direction, size);
    let nextValue = evaluate(next, nextGradient);
    evaluations++;
    while (!(nextValue <= value + SUFFICIENT * size * slope)) {
      size /= 2;
      if (size < 1e-12) return { x, pairs: history, evaluations };
      yield;
      next = moved(x, direction, size);
      nextValue = evaluate(next, nextGradient);
      evaluations++;
    }
    const step = next.map((component, index) => component - x[index]!);
    const change = nextGradient.map((component, index) => component - gradient[index]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12) history.push({ step, change, curvature });
    if (history.length > MEMORY) history.shift();
    [x, gradient, value] = [next, nextGradient, nextValue];
  }
  return { x, pairs: history, evaluations };
}

/** The two-loop recursion: the negative gradient times an approximate inverse Hessian. */
function descent(
  gradient: Float64Array,
  history: readonly CurvaturePair[],
  precondition: MinimiseOptions['precondition'],
): Float64Array {
  const direction = gradient.map((component) => -component);
  const alphas: number[] = [];
  for (const { step, change, curvature } of history.toReversed()) {
    const alpha = dot(step, direction) / curvature;
    alphas.push(alpha);
    addTo(direction, change, -alpha);
  }
  const last = history.at(-1);
  if (precondition) precondition(direction);
  else if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let index = 0; index < direction.length; index++) direction[index]! *= scale;
  }
  for (const { step, change, curvature } of history) {
    addTo(direction, step, alphas.pop()! - dot(change, direction) / curvature);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function addTo(target: Float64Array, vector: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index++) target[index]! += factor * vector[index]!;
}

const moved = (x: Float64Array, direction: Float64Array, size: number): Float64Array =>
  x.map((component, index) => component + size * direction[index]!);

const largest = (vector: Float64Array): number =>
  vector.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
