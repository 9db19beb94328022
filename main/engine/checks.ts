import { setImmediate as nextTurn } from 'node:timers/promises';
import { CHECK_KINDS, type Check } from '../../shared/checks.ts';
import { ProgressMeter, type Progress } from '../../shared/progress.ts';
import { PROPERTIES, type Property, type PropertyOfClass } from '../../shared/properties.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { aucInterval } from '../insight/auc.ts';
import { INDEX_SIZE } from '../insight/index-store.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import type { Db } from '../library/database/sql.ts';
import {
  listMeasures,
  measuredAmong,
  saveMeasures,
  type ContentMeasures,
  type PictureMeasures,
} from '../library/pictures/measures.ts';
import { contentPages, listContents, type PictureContent } from '../library/reading/contents.ts';
import { countMatches } from '../library/reading/grid.ts';
import { getSettings } from '../library/settings.ts';
import { MEASURES_VERSION } from '../pictures/measure.ts';
import type { PicturePool } from '../pictures/pool.ts';
import { mapAhead } from '../support/ahead.ts';
import { throwIfCancelled } from '../support/cancelled.ts';
import { pixelsIn } from '../pictures/cache-folders.ts';

/** Measures per transaction, which takes about 2 ms. */
const AT_ONCE = 100;

/**
 * Measures the pictures that have not been measured yet, from the pixels that training uses. Stores the results by
 * content.
 *
 * @param pool decodes and measures on its threads
 * @returns pictures that could not be read
 * @throws TwofoldError `cancelled`; measures taken so far are kept
 */
export async function measurePictures(
  project: Project,
  pool: PicturePool,
  {
    onProgress = () => undefined,
    signal,
  }: { onProgress?: (progress: Progress) => void; signal?: AbortSignal } = {},
): Promise<PictureContent[]> {
  const { db } = project;
  const wanted = await unmeasured(db, signal);
  const options = {
    size: INDEX_SIZE,
    resize: DEFAULT_RECIPE.resize,
    bits16: getSettings(db).recipe.bits16,
    cacheDir: pixelsIn(cacheDir(project)),
  };
  const meter = new ProgressMeter(wanted.length, onProgress);
  const unreadable: PictureContent[] = [];
  let found: ContentMeasures[] = [];
  let done = 0;
  try {
    for await (const { picture, answer } of mapAhead(wanted, 4 * pool.threads, async (one) => ({
      picture: one,
      answer: await pool.measure(one, options, signal),
    }))) {
      if (answer.ok) found.push({ sha256: picture.sha256, ...answer.value });
      else unreadable.push(picture);
      meter.update(++done);
      if (found.length < AT_ONCE) continue;
      saveMeasures(db, found, MEASURES_VERSION);
      found = [];
    }
  } finally {
    if (db.open) saveMeasures(db, found, MEASURES_VERSION);
  }
  return unreadable;
}

/** Page by page, so that the app responds in between: this is done after every import. @throws TwofoldError `cancelled` */
async function unmeasured(db: Db, signal?: AbortSignal): Promise<PictureContent[]> {
  const found: PictureContent[] = [];
  for (const page of contentPages(db)) {
    const usable = page.filter(({ problem }) => problem === null);
    const known = measuredAmong(
      db,
      usable.map(({ sha256 }) => sha256),
      MEASURES_VERSION,
    );
    found.push(...usable.filter(({ sha256 }) => !known.has(sha256)));
    await nextTurn();
    throwIfCancelled(signal);
  }
  return found;
}

/** How many pictures each check finds. */
export function countChecks(db: Db): Record<Check, number> {
  const counts = countMatches(
    db,
    CHECK_KINDS.map((check) => ({ kind: 'check', check })),
  );
  return Object.fromEntries(CHECK_KINDS.map((check, index) => [check, counts[index]!])) as Record<
    Check,
    number
  >;
}

const VALUES: Record<Property, (picture: PictureMeasures) => number | null> = {
  brightness: ({ brightness }) => brightness,
  contrast: ({ contrast }) => contrast,
  colourfulness: ({ colourfulness }) => colourfulness,
  sharpness: ({ sharpness }) => sharpness,
  pixels: ({ width, height }) => width * height,
  aspect: ({ width, height }) => width / height,
};

/** Lower end of the interval above which a property is worth a warning. */
const NOTABLE = 0.6;
/**
 * Pictures of each class from which on a property is worth a warning. Of two each, chance alone separates one property in
 * three completely, and the interval has no width then; of ten each, one in 92,378.
 */
const FEWEST_FOR_WARNING = 10;

/**
 * How well each property separates the classes, over the measured labelled pictures outside the test set; highest ROC
 * AUC first. Leaves out properties with fewer than two values of a class.
 */
export function propertiesOfClasses(db: Db): PropertyOfClass[] {
  const labels = new Map(
    listContents(db).flatMap(({ id, label, split }) =>
      typeof label === 'number' && split !== 'test' ? [[id, label] as const] : [],
    ),
  );
  const measures = listMeasures(db).filter(({ id }) => labels.has(id));
  const found = (Object.keys(PROPERTIES) as Property[]).flatMap((property): PropertyOfClass[] => {
    const pictures = measures.filter((picture) => VALUES[property](picture) !== null);
    const auc = aucInterval(
      pictures.map((picture) => VALUES[property](picture)!),
      pictures.map(({ id }) => labels.get(id)!),
    );
    if (!auc) return [];
    const ones = pictures.filter(({ id }) => labels.get(id) === 1).length;
    const fewest = Math.min(ones, pictures.length - ones);
    const isOne = auc.value >= 0.5;
    const shown = isOne ? auc : { value: 1 - auc.value, low: 1 - auc.high, high: 1 - auc.low };
    return [
      {
        property,
        class: isOne ? 1 : 0,
        auc: shown,
        pictures: pictures.length,
        isNotable: shown.low > NOTABLE && fewest >= FEWEST_FOR_WARNING,
      },
    ];
  });
  return found.sort((a, b) => b.auc.value - a.auc.value);
}
