import { readdirSync, readFileSync, mkdtempSync, writeFileSync, existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTrainJob } from '../../../main/jobs/train.ts';
import { JobControl } from '../../../main/training/control.ts';
import { TimeLeft } from '../../../main/training/time-left.ts';
import { DEFAULT_RECIPE, recipeSchema, type Recipe } from '../../../shared/recipe.ts';

/**
 * Records when batches and epochs of a real run end, for the test of the time left. Use: `npx tsx record.ts FOLDER NAME` on a
 * machine that does nothing else; FOLDER has one folder for each class. Appends to recorded.json.
 */

const AUGMENTATION = DEFAULT_RECIPE.augmentation;
const RECIPES: Record<string, Partial<Recipe>> = {
  cached: { augmentation: { ...AUGMENTATION, enabled: false }, epochs: 8 },
  'early stopping': {
    augmentation: { ...AUGMENTATION, enabled: false },
    epochs: 40,
    patience: 3,
    learningRate: 0.001,
  },
  augmented: { epochs: 6 },
  variants: { augmentation: { ...AUGMENTATION, variants: 3 }, epochs: 8 },
};

const [folder = '', name = ''] = process.argv.slice(2);
const recipe = recipeSchema.parse({ ...DEFAULT_RECIPE, ...RECIPES[name] });
const classes = readdirSync(folder).sort() as [string, string];
const pictures = classes.flatMap((of, label) =>
  readdirSync(join(folder, of)).map((file, index) => {
    const path = join(folder, of, file);
    return {
      id: index * 2 + label + 1,
      label: label as 0 | 1,
      path,
      sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
      split: index % 5 === 0 ? ('validation' as const) : ('train' as const),
    };
  }),
);

/** In whole microseconds: batches as [pictures, step, time], validation as [pictures, time], ends of epochs as [time]. */
const events: number[][] = [];
const us = (ms: number): number => Math.round(ms * 1000);
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with their object below
const { batch, validated, epoch } = TimeLeft.prototype;
let startUs = 0;
Object.assign(TimeLeft.prototype, {
  batch(this: TimeLeft, count: number, stepMs: number, now: number) {
    events.push([count, us(stepMs), us(now)]);
    batch.call(this, count, stepMs, now);
  },
  validated(this: TimeLeft, count: number, ms: number) {
    events.push([count, us(ms)]);
    validated.call(this, count, ms);
  },
  epoch(this: TimeLeft, now: number) {
    events.push([us(now)]);
    epoch.call(this, now);
  },
});

const home = mkdtempSync(join(tmpdir(), 'twofold-epochs-'));
const result = await runTrainJob(
  {
    kind: 'train',
    runDir: join(home, 'run'),
    cacheDir: join(home, 'cache'),
    classes,
    shown: { swapped: false, classes, threshold: 0.5 },
    recipe,
    pictures,
    testCopies: [],
    testSet: [],
    resume: false,
  },
  {
    control: new JobControl(),
    emit: (event) => {
      if (event.type === 'progress' && event.stage === 'training' && startUs === 0) startUs = us(performance.now());
    },
  },
);
const target = join(import.meta.dirname, 'recorded.json');
const recorded = existsSync(target) ? (JSON.parse(readFileSync(target, 'utf8')) as object) : {};
const { epochs, patience, augmentation } = recipe;
writeFileSync(
  target,
  JSON.stringify({
    ...recorded,
    [name]: {
      epochs,
      trained: result.epochs,
      patience,
      augmentation: { enabled: augmentation.enabled, variants: augmentation.variants },
      pictures: pictures.filter(({ split }) => split === 'train').length,
      startUs,
      events,
    },
  }),
);
process.exit(0);
