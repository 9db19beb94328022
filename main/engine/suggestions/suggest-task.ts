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
import type { AsyncSteps, Steps } from '../../support/steps.ts';
import type { Leak } from '../duplicates.ts';
import type { SuggestedFilter, SuggestionSession, SuggestionSort } from './session.ts';

/** Tasks of the thread; see the methods of `SuggestionSession`. */
export type SuggestTask =
  | { kind: 'read'; model: IndexModel; isOther: boolean; by: string | null }
  | { kind: 'readRun' }
  | { kind: 'readMore' }
  | { kind: 'alike'; ids: Uint32Array; from: number }
  | { kind: 'label'; changes: readonly LabelChange[] }
  | { kind: 'summary' }
  | { kind: 'missing'; most: number; except: readonly string[] }
  | { kind: 'uncompared' }
  | { kind: 'leaks' }
  | { kind: 'groups'; ids: Uint32Array }
  | { kind: 'prepare' }
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
  summary: SuggestionSummary;
  missing: { pictures: IndexJob['pictures']; total: number };
  uncompared: IndexJob['pictures'];
  leaks: Leak[];
  groups: PictureGroups;
  prepare: null;
  of: Float32Array;
  list: SuggestionList;
  map: PictureMap | null;
  'map-values': MapValues;
  contents: string[];
  estimate: SuggestionEstimates;
  suspects: SuspectList;
  neighbours: SuspectNeighbour[][];
  next: Uint32Array;
  order: Uint32Array;
  filter: Uint32Array;
}

type Kind = SuggestTask['kind'];

/** Tasks of a stroke: short ones, which the steps of all others let pass. */
export const URGENT: ReadonlySet<Kind> = new Set(['label', 'of'] as const);

/** Long work that nobody waits for just now: its steps are done while nothing else is asked. */
export const BACKGROUND: ReadonlySet<Kind> = new Set([
  'prepare',
  'readRun',
  'readMore',
  'missing',
  'uncompared',
  'map',
  'contents',
  'estimate',
  'suspects',
] as const);

/** Tasks that replace what was read, which are done one after the other. */
export const READING: ReadonlySet<Kind> = new Set(['read', 'readRun', 'readMore'] as const);

export type SuggestAnswer = SuggestAnswers[Kind];
export type SuggestSteps = Steps<SuggestAnswer> | AsyncSteps<SuggestAnswer>;

/** What the thread is sent: a task the first time, then null for each further turn of its steps. */
export interface SuggestTurn {
  /** Number of the task. */
  id: number;
  task: SuggestTask | null;
}

/** Runs a short task, or begins a long one. @throws TwofoldError if the library or index can't be read */
export function askSession(session: SuggestionSession, task: SuggestTask): SuggestAnswer | SuggestSteps {
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
    case 'summary':
      return session.summary();
    case 'missing':
      return session.missing(task.most, task.except);
    case 'uncompared':
      return session.uncompared();
    case 'leaks':
      return session.leaks;
    case 'groups':
      return session.inGroups(task.ids);
    case 'prepare':
      return session.prepare();
    case 'of':
      return session.of(task.ids);
    case 'list':
      return session.list();
    case 'map':
      return session.map(task.method);
    case 'map-values':
      return session.mapValues();
    case 'contents':
      return session.contents();
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
