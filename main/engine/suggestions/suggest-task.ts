import type {
  SuggestionEstimates,
  SuggestionList,
  SuggestionSummary,
} from '../../../shared/contract/insight.ts';
import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import type { SuspectList, SuspectNeighbour } from '../../../shared/contract/suspects.ts';
import type { IndexJob, IndexModel } from '../../../shared/jobs/index-pictures.ts';
import type { LabelChange } from '../../../shared/library/labels.ts';
import type { MapMethod, MapValues, PictureMap } from '../../../shared/map.ts';
import type { Leak } from '../duplicates.ts';
import type { SuggestedFilter, SuggestionSession, SuggestionSort } from './session.ts';

/** Tasks of the thread; see the methods of `SuggestionSession`. */
export type SuggestTask =
  | { kind: 'read'; model: IndexModel; isOther: boolean; by: string | null }
  | { kind: 'readRun' }
  | { kind: 'readMore' }
  | { kind: 'alike'; ids: Uint32Array; from: number }
  | { kind: 'label'; changes: readonly LabelChange[] }
  | { kind: 'predict' }
  | { kind: 'summary' }
  | { kind: 'missing'; most: number; except: readonly string[] }
  | { kind: 'uncompared' }
  | { kind: 'leaks' }
  | { kind: 'groups'; ids: Uint32Array }
  | { kind: 'of'; ids: readonly number[] }
  | { kind: 'list' }
  | { kind: 'map'; method: MapMethod }
  | { kind: 'map-values' }
  | { kind: 'contents' }
  | { kind: 'estimate' }
  | { kind: 'suspects' }
  | { kind: 'neighbours'; ids: readonly number[] }
  | { kind: 'next'; ids: Uint32Array; count: number }
  | { kind: 'order'; ids: Uint32Array; sort: SuggestionSort }
  | { kind: 'filter'; ids: Uint32Array; filter: SuggestedFilter };

export interface SuggestAnswers {
  read: null;
  readRun: null;
  readMore: null;
  alike: PictureGroups;
  label: null;
  predict: boolean;
  summary: SuggestionSummary;
  missing: { pictures: IndexJob['pictures']; total: number };
  uncompared: IndexJob['pictures'];
  leaks: Leak[];
  groups: Uint32Array;
  of: Float32Array;
  list: SuggestionList;
  map: PictureMap | 'none' | null;
  'map-values': MapValues;
  contents: string[];
  estimate: SuggestionEstimates | null;
  suspects: SuspectList | null;
  neighbours: SuspectNeighbour[][];
  next: Uint32Array;
  order: Uint32Array;
  filter: Uint32Array;
}

/**
 * Tasks that need predictions of all pictures, which `predict` makes step by step. Where a label came since its last step, the
 * answer is `UNPREDICTED`.
 */
export const PREDICTS_ALL: ReadonlySet<SuggestTask['kind']> = new Set([
  'summary',
  'list',
  'map-values',
  'next',
  'order',
  'filter',
] as const);

export const UNPREDICTED = 'unpredicted';

/** Steps of long work, which urgent tasks overtake. */
export const BACKGROUND: ReadonlySet<SuggestTask['kind']> = new Set([
  'predict',
  'map',
  'estimate',
  'suspects',
] as const);

export type SuggestAnswer = SuggestAnswers[keyof SuggestAnswers];

/** Runs a task. @throws TwofoldError if the library or index can't be read */
export function askSession(
  session: SuggestionSession,
  task: SuggestTask,
): SuggestAnswer | typeof UNPREDICTED | Promise<SuggestAnswer> {
  if (PREDICTS_ALL.has(task.kind) && !session.isPredicted) return UNPREDICTED;
  switch (task.kind) {
    case 'read':
      return session.read(task.model, task.isOther, task.by);
    case 'readRun':
      return session.readRun();
    case 'readMore':
      return session.readMore();
    case 'alike':
      return session.alike(task.ids, task.from);
    case 'label':
      return session.label(task.changes);
    case 'predict':
      return session.predict();
    case 'summary':
      return session.summary();
    case 'missing':
      return session.missing(task.most, task.except);
    case 'uncompared':
      return session.groups.toCompare();
    case 'leaks':
      return session.groups.leaks;
    case 'groups':
      return session.groups.filter(task.ids);
    case 'of':
      return session.of(task.ids);
    case 'list':
      return session.list();
    case 'map':
      return session.map.step(task.method);
    case 'map-values':
      return session.mapValues();
    case 'contents':
      return session.map.contents();
    case 'estimate':
      return session.estimate();
    case 'suspects':
      return session.suspects();
    case 'neighbours':
      return session.neighbours(task.ids);
    case 'next':
      return session.next(task.ids, task.count);
    case 'order':
      return session.order(task.ids, task.sort);
    case 'filter':
      return session.filter(task.ids, task.filter);
  }
}
