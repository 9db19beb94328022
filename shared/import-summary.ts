import type { ImportReport, PlacedCounts } from './library/import.ts';
import { formatCount, plural } from './format.ts';

/** The result of an import as sentences for window and command line; empty strings where there is nothing to report. */
export interface ImportSummary {
  /** What was imported. */
  outcome: string;
  /** How folders were read. */
  reading: string;
  /** How many pictures of each class went to which split. */
  placed: string;
  /** What was not imported, by kind. */
  skipped: string;
  /** `12 hidden files ignored.` */
  ignored: string;
}

export function importSummary(report: ImportReport): ImportSummary {
  return {
    outcome: outcomeOf(report),
    reading: report.reading,
    placed: placedOf(report),
    skipped: skippedOf(report),
    ignored: report.hidden > 0 ? `${plural(report.hidden, 'hidden file')} ignored.` : '',
  };
}

/** All of these and the notes. */
export function importSentences(report: ImportReport): string[] {
  const { outcome, reading, placed, skipped, ignored } = importSummary(report);
  return [outcome, reading, placed, skipped, ignored, ...report.notes].filter((sentence) => sentence !== '');
}

function outcomeOf({ status, added, labelled, alreadyThere, moved, changed }: ImportReport): string {
  const parts: [number, string][] = [
    [labelled, 'labelled'],
    [alreadyThere, 'already in the project'],
    [moved, 'moved'],
    [changed, 'changed'],
  ];
  const others = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  const text = [`${plural(added, 'picture')} added`, ...others].join(', ');
  if (status === 'cancelled') return `Cancelled: ${text}. Pictures imported so far were kept.`;
  if (status === 'failed' || status === 'crashed') return `Import incomplete: ${text}.`;
  return `${text}.`;
}

const SETS = [
  ['train', 'Training set'],
  ['validation', 'Validation set'],
  ['test', 'Test set'],
  ['undecided', 'Without a split'],
] as const;

function placedOf({ placed, classes }: ImportReport): string {
  const names = classes ?? ['class 0', 'class 1'];
  const used = SETS.flatMap(([set, word]) => {
    const text = countsOf(placed[set], names);
    return text === '' ? [] : [{ set, word, text }];
  });
  const [only] = used;
  if (!only) return '';
  const { classes: labelled, skipped } = placed.undecided;
  if (used.length === 1 && only.set === 'undecided') {
    return labelled[0] + labelled[1] + skipped > 0 ? `${only.text}.` : '';
  }
  return used.map(({ word, text }) => `${word}: ${text}.`).join(' ');
}

function countsOf({ classes, skipped, unlabelled }: PlacedCounts, names: readonly [string, string]): string {
  const labelled = classes[0] + classes[1] > 0;
  return [
    ...(labelled ? names.map((name, index) => `${formatCount(classes[index]!)} "${name}"`) : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : []),
    ...(unlabelled > 0 ? [`${formatCount(unlabelled)} unlabelled`] : []),
  ].join(', ');
}

/** More extensions than these are counted together. */
const MOST_KINDS = 5;
/** More folders than these are counted, not listed. */
const MOST_FOLDERS = 3;

function skippedOf(report: ImportReport): string {
  const { leftOut, leftOutKinds, duplicates, notPictures, exports } = report;
  const missing = leftOutKinds['not-found'] ?? 0;
  const unsupported = leftOutKinds.unsupported ?? 0;
  const ambiguous = leftOutKinds['bad-input'] ?? 0; // rows of a table
  const unreadable = leftOut - missing - unsupported - ambiguous;
  const kinds = kindsOf(report.notPictureKinds);
  const parts = [
    ...(unreadable > 0 ? [`${formatCount(unreadable)} unreadable`] : []),
    ...(unsupported > 0 ? [`${formatCount(unsupported)} unsupported`] : []),
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
    ...(ambiguous > 0 ? [plural(ambiguous, 'ambiguous row')] : []),
    ...(duplicates > 0 ? [plural(duplicates, 'duplicate')] : []),
    ...(notPictures > 0 ? [plural(notPictures, 'not a picture', 'not pictures') + kinds] : []),
  ];
  const skipped = parts.length > 0 ? [`Skipped: ${parts.join(', ')}.`] : [];
  const more = exports.length > MOST_FOLDERS ? ` and ${exports.length - MOST_FOLDERS} more` : '';
  const exported =
    exports.length === 0
      ? []
      : [`Skipped folders exported by Twofold: ${exports.slice(0, MOST_FOLDERS).join(', ')}${more}.`];
  return [...skipped, ...exported].join(' ');
}

/** ` (3 .svg, 1 without extension)`; most frequent first. */
function kindsOf(counts: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (kinds.length === 0) return '';
  const shown = kinds
    .slice(0, MOST_KINDS)
    .map(([kind, count]) => `${formatCount(count)} ${kind === '' ? 'without extension' : kind}`);
  const rest = kinds.slice(MOST_KINDS).reduce((sum, [, count]) => sum + count, 0);
  return ` (${[...shown, ...(rest > 0 ? [`${formatCount(rest)} others`] : [])].join(', ')})`;
}
