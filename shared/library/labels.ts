import { z } from 'zod';
import type { Label } from '../labelled-picture.ts';

/** Index of a class. Class 1 is the positive class, whose probability the model predicts. */
export type ClassIndex = Label;

/** The label of a picture: a class, skipped (excluded from training), or none. */
export type LabelValue = ClassIndex | 'skipped' | null;
export const labelValueSchema = z.union([z.literal(0), z.literal(1), z.literal('skipped'), z.null()]);

/** Where a label came from. */
export const LABEL_SOURCES = ['mouse', 'key', 'cli', 'folder', 'csv', 'review', 'suggested'] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];
export const labelSourceSchema = z.enum(LABEL_SOURCES);

/** A change of the labels, as the window applies it to what it shows. */
export interface LabelChange {
  id: number;
  label: LabelValue;
}

export interface LabelResult {
  /** Null if nothing changed. */
  batch: number | null;
  changes: LabelChange[];
  /** The classes were swapped. */
  swapped?: true;
  /** Ids of pictures that were removed from the project. */
  removed?: number[];
  /** Ids of removed pictures that are in the project again. */
  restored?: number[];
  /** Ids of pictures that were moved to another set. */
  moved?: number[];
  /** Ids of pictures whose labels were checked and kept. */
  kept?: number[];
  /** Ids of pictures whose labels no longer count as checked: that was undone. */
  unkept?: number[];
}

/** One line of a picture's history. */
export interface LabelEvent {
  batch: number;
  atMs: number;
  source: LabelSource;
  action: 'set' | 'undo' | 'redo';
  label: LabelValue;
  previous: LabelValue;
  /** The label was checked and kept. */
  kept?: true;
}

export interface UndoStep {
  batch: number;
  /** How many pictures' labels it changed. */
  pictures: number;
  /** It swaps the classes. */
  isSwap?: true;
  /** It removes pictures. */
  isRemoval?: true;
  /** It moves pictures between the sets and changes no label. */
  isSplit?: true;
  /** It records that labels were kept, and changes none. */
  isKeep?: true;
}

/** The next steps of undo and redo. */
export interface UndoState {
  undo: UndoStep | null;
  redo: UndoStep | null;
}
