import type { ClassInfo } from '../../../../shared/library/classes.ts';
import type { MapColour, MapValues } from '../../../../shared/map.ts';
import type { Look, Palette, Rgba } from './looks.ts';

/** What the points of a map show, in the order of its ids. */
export interface PointValues {
  /** 0 or 1, -1 for skipped and -2 for unlabelled pictures. */
  labels: Int8Array;
  /** Suggested probability of class 1; NaN where nothing is suggested. */
  probabilities: Float32Array;
}

/** Looks up the values of some pictures. @param ids ascending, as those of the values */
export function valuesOf(ids: Uint32Array, values: MapValues): PointValues {
  const labels = new Int8Array(ids.length).fill(-2);
  const probabilities = new Float32Array(ids.length).fill(NaN);
  let at = 0;
  ids.forEach((id, index) => {
    while (at < values.ids.length && values.ids[at]! < id) at++;
    if (values.ids[at] !== id) return;
    labels[index] = values.labels[at]!;
    probabilities[index] = values.probabilities[at]!;
  });
  return { labels, probabilities };
}

/** 1 for the points whose pictures are in a list in any order. @param ids ascending */
export function maskOf(ids: Uint32Array, listed: Iterable<number>): Uint8Array {
  const mask = new Uint8Array(ids.length);
  for (const id of listed) {
    const index = indexOfId(ids, id);
    if (index !== null) mask[index] = 1;
  }
  return mask;
}

/** Where an id is among ascending ones; null where it is not. */
export function indexOfId(ids: Uint32Array, id: number): number | null {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : null;
}

export interface LegendEntry extends Look {
  key: string;
  name: string;
  count: number;
}

export interface Colouring {
  /** Entries that occur, and those that always explain the colours. */
  legend: LegendEntry[];
  lookOf: (index: number) => Look;
}

/** Pictures by what a run and the other labels say of their labels, as masks over the points. */
export interface PointErrors {
  /** The run's predictions for them are wrong. */
  wrong: Uint8Array;
  correct: Uint8Array;
}

/** Masks over the points of labels that out-of-fold predictions contradict. */
export interface PointSuspects {
  /** Likely wrong by confident learning. */
  likely: Uint8Array;
  /** Contradicted, but the picture may just be difficult. */
  doubtful: Uint8Array;
}

type Classes = readonly [ClassInfo, ClassInfo];

/**
 * The colours and shapes of the points, with their legend.
 *
 * @param errors null where no run is chosen
 * @param suspects null until labels were checked
 */
export function colouring(
  by: MapColour,
  values: PointValues,
  classes: Classes,
  palette: Palette,
  errors: PointErrors | null,
  suspects: PointSuspects | null = null,
): Colouring {
  const { labels, probabilities } = values;
  if (by === 'error') return byError(labels.length, palette, errors);
  if (by === 'likely') return bySuspects(labels, palette, suspects);
  const labelled = ([0, 1] as const).map((index) => ({
    key: `class ${index}`,
    name: classes[index].name,
    colour: palette.classes[index],
    shape: index === 0 ? ('disc' as const) : ('square' as const),
    level: 3,
  }));
  const skipped = {
    key: 'skipped',
    name: 'Skipped',
    colour: palette.skipped,
    shape: 'frame',
    level: 2,
  } as const;
  const none = {
    key: 'none',
    name: by === 'label' ? 'Unlabelled' : 'No suggestion',
    colour: palette.none,
    shape: by === 'label' ? 'ring' : 'dot',
    level: 1,
  } as const;
  const suggested = ([0, 1] as const).map((index) => ({
    key: `suggested ${index}`,
    name: `${classes[index].name}, suggested`,
    colour: palette.classes[index],
    shape: index === 0 ? ('ring' as const) : ('frame' as const),
    level: 2,
  }));
  /** By class and confidence in percent. */
  const stronger = suggested.map((look) =>
    Array.from({ length: 51 }, (_, surer) => ({
      ...look,
      colour: faded(look.colour, 0.3 + (0.7 * surer) / 50),
    })),
  );
  const entryOf = (index: number): Omit<LegendEntry, 'count'> => {
    const label = labels[index]!;
    if (label >= 0) return labelled[label]!;
    if (label === -1) return skipped;
    const probability = probabilities[index]!;
    return by === 'label' || Number.isNaN(probability) ? none : suggested[probability > 0.5 ? 1 : 0]!;
  };
  return {
    legend: counted(labels.length, entryOf, [
      ...labelled,
      ...(by === 'suggestion' ? suggested : []),
      none,
      skipped,
    ]).filter(({ key, count }) => count > 0 || key.startsWith('class')),
    lookOf: (index) => {
      const entry = entryOf(index);
      if (!entry.key.startsWith('suggested')) return entry;
      const probability = probabilities[index]!;
      return stronger[probability > 0.5 ? 1 : 0]![Math.round(100 * Math.abs(probability - 0.5))]!;
    },
  };
}

function byError(count: number, palette: Palette, errors: PointErrors | null): Colouring {
  const wrong = { key: 'wrong', name: 'Wrong', colour: palette.wrong, shape: 'diamond', level: 3 } as const;
  const correct = {
    key: 'correct',
    name: 'Correct',
    colour: palette.correct,
    shape: 'disc',
    level: 2,
  } as const;
  const none = {
    key: 'none',
    name: 'Not in the validation set',
    colour: palette.none,
    shape: 'dot',
    level: 1,
  } as const;
  const entryOf = (index: number): Omit<LegendEntry, 'count'> => {
    if (errors?.wrong[index] === 1) return wrong;
    return errors?.correct[index] === 1 ? correct : none;
  };
  return { legend: counted(count, entryOf, [wrong, correct, none]), lookOf: entryOf };
}

function bySuspects(labels: Int8Array, palette: Palette, suspects: PointSuspects | null): Colouring {
  const likely = {
    key: 'likely',
    name: 'Likely wrong',
    colour: palette.likely,
    shape: 'diamond',
    level: 4,
  } as const;
  const doubtful = {
    key: 'doubtful',
    name: 'Contradicted',
    colour: palette.likely,
    shape: 'ring',
    level: 3,
  } as const;
  const agrees = {
    key: 'agrees',
    name: 'Label agrees',
    colour: palette.correct,
    shape: 'disc',
    level: 2,
  } as const;
  const none = { key: 'none', name: 'Not labelled', colour: palette.none, shape: 'dot', level: 1 } as const;
  const entryOf = (index: number): Omit<LegendEntry, 'count'> => {
    if (suspects?.likely[index] === 1) return likely;
    if (suspects?.doubtful[index] === 1) return doubtful;
    return suspects && labels[index]! >= 0 ? agrees : none;
  };
  return { legend: counted(labels.length, entryOf, [likely, doubtful, agrees, none]), lookOf: entryOf };
}

function counted(
  count: number,
  entryOf: (index: number) => Omit<LegendEntry, 'count'>,
  entries: readonly Omit<LegendEntry, 'count'>[],
): LegendEntry[] {
  const counts = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const { key } = entryOf(index);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return entries.map((entry) => ({ ...entry, count: counts.get(entry.key) ?? 0 }));
}

const faded = ([red, green, blue, opacity]: Rgba, by: number): Rgba => [
  red,
  green,
  blue,
  Math.round(opacity * by),
];
