import type { LabelAnswer } from '../../shared/contract/labels.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { LabelResult, LabelSource, LabelValue } from '../../shared/library/labels.ts';
import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';
import type { Db } from '../library/database/sql.ts';
import { keepLabels } from '../library/labels/kept-labels.ts';
import { openToSuggestions } from '../library/labels/open-to-suggestions.ts';
import { removePictures } from '../library/labels/removal.ts';
import { redo, setLabels, swapClasses, undo, undoState } from '../library/labels/labels.ts';

/** A suggestion is accepted only for pictures that are still unlabelled and outside the test set. */
function set(
  db: Db,
  ids: readonly number[],
  label: LabelValue,
  source: LabelSource,
  join: number | null,
): LabelResult {
  return setLabels(db, source === 'suggested' ? openToSuggestions(db, ids) : ids, label, source, join);
}

const NOTHING: LabelResult = { batch: null, changes: [] };

export function labelHandlers(context: AppContext): HandlersOf<'labels'> {
  const { project, counts, emit, insight } = context;
  const answer = (result: LabelResult): LabelAnswer => {
    insight.labelled(result);
    if (result.swapped) project.announce();
    counts.changed();
    if (result.removed ?? result.restored ?? result.moved) emit('pictures.changed', null);
    return { ...result, undo: undoState(project.require().db) };
  };
  return {
    'labels.set': ({ ids, label, source, join }) =>
      answer(set(project.requireAsShown().db, ids, label, source, join)),
    'labels.remove': ({ ids, join }) => answer(removePictures(project.require().db, ids, 'mouse', join)),
    'labels.keep': ({ ids, source }) => answer(keepLabels(project.requireAsShown().db, ids, source)),
    'labels.swap': () => {
      const { db } = project.requireAsShown();
      refuseWhileAsked(context);
      return answer(swapClasses(db, 'mouse'));
    },
    'labels.undo': () => {
      const { db } = project.require();
      if (undoState(db).undo?.isSwap) refuseWhileAsked(context);
      return answer(undo(db, 'key') ?? NOTHING);
    },
    'labels.redo': () => {
      const { db } = project.require();
      if (undoState(db).redo?.isSwap) refuseWhileAsked(context);
      return answer(redo(db, 'key') ?? NOTHING);
    },
    'labels.undoState': () => undoState(project.require().db),
  };
}

/** Running work keeps the class order with which it was started. */
function refuseWhileAsked({ predictor, exporter }: AppContext): void {
  const refuse = (what: string): never => {
    throw new TwofoldError('busy', `${what}, so the classes can’t be swapped now. Wait until that is done.`);
  };
  if (predictor.state) refuse('Pictures are being tried');
  if (exporter.state) refuse('An export is being written');
}
