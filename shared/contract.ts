import type { z } from 'zod';
import type { CallSpec, EventSpec } from './contract/call.ts';
import { evaluateCalls, evaluateEvents } from './contract/evaluate.ts';
import { exportCalls, exportEvents } from './contract/export.ts';
import { figureCalls, foldCalls, foldEvents } from './contract/figures.ts';
import { heatMapCalls } from './contract/heat-maps.ts';
import { importCalls, importEvents } from './contract/import.ts';
import { duplicateCalls, insightCalls, insightEvents, suggestionCalls } from './contract/insight.ts';
import { labelCalls } from './contract/labels.ts';
import { mapCalls, mapEvents } from './contract/map.ts';
import { pictureCalls, pictureEvents } from './contract/pictures.ts';
import { predictCalls, predictEvents } from './contract/predict.ts';
import { projectCalls, projectEvents } from './contract/project.ts';
import { reportCalls, reportEvents } from './contract/report.ts';
import { storageCalls, storageEvents } from './contract/storage.ts';
import { suspectCalls } from './contract/suspects.ts';
import { crossCalls, crossEvents } from './contract/cross.ts';
import { searchCalls, searchEvents } from './contract/search.ts';
import { systemCalls, systemEvents } from './contract/system.ts';
import { modelCalls, runCalls, trainCalls, trainEvents } from './contract/train.ts';
import { weightsCalls, weightsEvents } from './contract/weights.ts';
import type { Result } from './errors.ts';

/**
 * All calls and events between window and main. Preload, handlers in main and the window's client derive from these two
 * maps.
 */
export const CALLS = {
  ...projectCalls,
  ...pictureCalls,
  ...labelCalls,
  ...importCalls,
  ...trainCalls,
  ...runCalls,
  ...modelCalls,
  ...weightsCalls,
  ...predictCalls,
  ...evaluateCalls,
  ...figureCalls,
  ...foldCalls,
  ...heatMapCalls,
  ...searchCalls,
  ...crossCalls,
  ...exportCalls,
  ...reportCalls,
  ...insightCalls,
  ...suggestionCalls,
  ...duplicateCalls,
  ...storageCalls,
  ...suspectCalls,
  ...mapCalls,
  ...systemCalls,
};

export const EVENTS = {
  ...projectEvents,
  ...pictureEvents,
  ...importEvents,
  ...trainEvents,
  ...weightsEvents,
  ...reportEvents,
  ...predictEvents,
  ...evaluateEvents,
  ...foldEvents,
  ...searchEvents,
  ...crossEvents,
  ...mapEvents,
  ...exportEvents,
  ...insightEvents,
  ...storageEvents,
  ...systemEvents,
};

export type CallName = keyof typeof CALLS;
export type EventName = keyof typeof EVENTS;

type SpecOf<Name extends CallName> = (typeof CALLS)[Name];
/** What the window passes: fields with defaults are optional. */
export type CallInput<Name extends CallName> =
  SpecOf<Name> extends CallSpec<infer Input, unknown> ? z.input<Input> : never;
/** What a handler receives, checked and with defaults filled in. */
export type CallPayload<Name extends CallName> =
  SpecOf<Name> extends CallSpec<infer Input, unknown> ? z.output<Input> : never;
export type CallOutput<Name extends CallName> =
  SpecOf<Name> extends CallSpec<z.ZodType, infer Output> ? Output : never;
export type EventPayload<Name extends EventName> =
  (typeof EVENTS)[Name] extends EventSpec<infer Payload> ? Payload : never;

/** What preload puts into the window as `window.twofold`. */
export interface Bridge {
  invoke<Name extends CallName>(name: Name, payload: CallInput<Name>): Promise<Result<CallOutput<Name>>>;
  /** @returns a function that ends the subscription */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void;
  /** Path of a file that was dropped, pasted or chosen; empty if it has none. */
  pathOf(file: unknown): string;
}

export const CALL_NAMES = Object.keys(CALLS) as CallName[];
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
