import { z } from 'zod';
import type { PropertyOfClass } from '../properties.ts';
import { call, event } from './call.ts';
import { runIdSchema, type RunCoverage } from '../library/runs.ts';
import { nothing, pictureIdSchema } from './fields.ts';
import { MAX_ROWS } from './pictures.ts';

export interface DuplicateCounts {
  /** Groups of near-duplicates, and the pictures in them. */
  groups: number;
  pictures: number;
  /** Groups that are in more than one set. */
  leaks: number;
}

/** What is known of the pictures from the labels so far. */
export interface SuggestionSummary {
  /** The run whose predictions are the suggestions; null: they follow the labels so far. */
  by: string | null;
  /** Labels of each class that suggestions are learned from: those outside the test set, of indexed pictures. */
  labels: [number, number];
  /** Unlabelled pictures for which class 0 and class 1 are suggested. */
  suggested: [number, number];
  /** As far as pictures were compared. */
  duplicates: DuplicateCounts;
  /** Pictures that are indexed, of all. */
  indexed: number;
  total: number;
}

/** All suggestions, the most confident first. */
export interface SuggestionList {
  ids: Uint32Array;
  /** Of class 1. */
  probabilities: Float32Array;
}

/** Labelled pictures, each predicted without its own label, or the validation pictures of the run that suggests. */
export interface SuggestionEstimates {
  /** Of class 1. */
  probabilities: Float32Array;
  labels: Uint8Array;
}

/** What a person decides about indexing and suggestions; remembered. */
export const insightSettingsSchema = z.strictObject({
  /** Index pictures in the background. */
  indexes: z.boolean().default(true),
  /** Show suggestions in the Library. */
  suggests: z.boolean().default(true),
});
export type InsightSettings = z.infer<typeof insightSettingsSchema>;

/**
 * `off`: switched off, or no project is open. `resting`: something that a person waits for is running. `failed`: see
 * `message`; it is tried again after the next import, or when the project is opened.
 */
export type IndexPhase =
  'off' | 'waiting' | 'indexing' | 'comparing' | 'checking' | 'predicting' | 'resting' | 'done' | 'failed';

export interface InsightState {
  settings: InsightSettings;
  phase: IndexPhase;
  /** Of the pictures that lacked a vector when indexing began: how many have one now, and how many these were. */
  progress: { done: number; total: number; leftMs?: number | null } | null;
  /** The run that predicts all pictures now; null: none. */
  predicting: string | null;
  message: string | null;
  /** Null until index and labels were read. */
  summary: SuggestionSummary | null;
  /** Counts up with every change of the suggestions. */
  version: number;
}

export const insightCalls = {
  'insight.state': call(nothing).returns<InsightState>(),
  'insight.set': call(
    z.strictObject({
      indexes: insightSettingsSchema.shape.indexes.unwrap().exactOptional(),
      suggests: insightSettingsSchema.shape.suggests.unwrap().exactOptional(),
    }),
  ).returns<InsightState>(),
  /** Lets a run suggest classes, which then predicts all pictures; null: suggestions follow the labels so far. Remembered. */
  'insight.suggestBy': call(z.strictObject({ run: runIdSchema.nullable() })).returns<InsightState>(),
  /** Lets a run predict all pictures outside the test set in the background; null stops that. What is stored stays. */
  'insight.predict': call(z.strictObject({ run: runIdSchema.nullable() })).returns<null>(),
  /** Properties that separate the classes, the strongest first, of the measured labelled pictures outside the test set. */
  'insight.properties': call(nothing).returns<PropertyOfClass[]>(),
  /** How many pictures a run has predicted. Those that can't be read count as predicted. */
  'insight.coverage': call(z.strictObject({ run: runIdSchema })).returns<RunCoverage>(),
};

export const duplicateCalls = {
  /** Moves each group of near-duplicates that is in several sets to one of them, as one step of undo. */
  'duplicates.repair': call(nothing).returns<{ moved: number; batch: number | null }>(),
};

export const suggestionCalls = {
  /** Probabilities of class 1; NaN where no class is suggested: labelled pictures, the test set, not indexed. */
  'suggestions.of': call(
    z.strictObject({ ids: z.array(pictureIdSchema).max(MAX_ROWS) }),
  ).returns<Float32Array>(),
  'suggestions.list': call(nothing).returns<SuggestionList>(),
  /** Tells how often suggestions are right; empty while a class has too few labels. */
  'suggestions.estimates': call(nothing).returns<SuggestionEstimates>(),
  /** More pictures to label, other than these. */
  'suggestions.next': call(
    z.strictObject({
      count: z.int().min(1).max(100),
      except: z.array(pictureIdSchema).max(10_000),
    }),
  ).returns<Uint32Array>(),
};

export const insightEvents = {
  'insight.changed': event<InsightState>(),
};
