import { differences, type Recipe } from '../recipe.ts';

const SEEDS = 2 ** 32;

/** The recipe with its seed and the ones after it. @param count how many recipes */
export const withSeeds = (recipe: Recipe, count: number): Recipe[] =>
  Array.from({ length: count }, (_, index) => ({ ...recipe, seed: (recipe.seed + index) % SEEDS }));

/** What decides whether runs repeat each other with other seeds. */
interface Repeatable {
  id: string;
  recipe: Recipe | null;
  weightsFingerprint: string | null;
  /** Of pictures, labels and split; null if unknown. */
  dataFingerprint: string | null;
}

/**
 * The runs that repeat a run with other random seeds, and the run itself, in the order given: same recipe, weights, pictures,
 * labels and split, as far as the seed does not decide it. A second run with the same seed starts a new series. Runs whose
 * data is not known repeat no other.
 *
 * @param runs of the project, oldest or newest first
 */
export function repeatsOf<R extends Repeatable>(run: R, runs: readonly R[]): R[] {
  const at = runs.findIndex(({ id }) => id === run.id);
  if (at < 0 || !run.recipe || run.dataFingerprint === null) return [run];
  const before = series(run, runs.slice(0, at).reverse(), new Set([run.recipe.seed]));
  const seeds = new Set([run, ...before].map(({ recipe }) => recipe!.seed));
  return [...before.reverse(), run, ...series(run, runs.slice(at + 1), seeds)];
}

/**
 * The run to compare a run with: the newest earlier one that does not repeat it, with the same random seed if there is one,
 * since another seed validates on other pictures.
 *
 * @param runs of the project, newest first
 */
export function runBefore<R extends Repeatable>(run: R, runs: readonly R[]): R | undefined {
  const at = runs.findIndex(({ id }) => id === run.id);
  if (at < 0) return undefined;
  const repeats = repeatsOf(run, runs);
  const earlier = runs.slice(at + 1).filter((one) => !repeats.includes(one));
  return earlier.find(({ recipe }) => recipe !== null && recipe.seed === run.recipe?.seed) ?? earlier[0];
}

/** From the first run on, those that differ from `run` in the seed only, until a seed comes again. */
function series<R extends Repeatable>(run: R, runs: readonly R[], seeds: Set<number>): R[] {
  const found: R[] = [];
  for (const other of runs) {
    if (!other.recipe || other.weightsFingerprint !== run.weightsFingerprint) continue;
    if (other.dataFingerprint !== run.dataFingerprint) continue;
    const keys = differences([run.recipe!, other.recipe]);
    if (keys.length > 1 || (keys.length === 1 && keys[0] !== 'seed')) continue;
    if (seeds.has(other.recipe.seed)) break;
    seeds.add(other.recipe.seed);
    found.push(other);
  }
  return found;
}
