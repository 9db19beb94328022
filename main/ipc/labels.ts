import type { LabelAnswer } from '../../shared/contract/labels.ts';
import type { LabelResult } from '../../shared/library.ts';
import type { AppContext } from '../app/context.ts';
import type { HandlersOf } from './answer.ts';
import type { Db } from '../library/sql.ts';
import { redo, setLabels, undo, undoState } from '../library/labels.ts';

const NOTHING: LabelResult = { batch: null, changes: [] };

export function labelHandlers({ project }: AppContext): HandlersOf<'labels'> {
  return {
    'labels.set': ({ ids, label, source, join }) => {
      const { db } = project.require();
      return answer(db, setLabels(db, ids, label, source, join));
    },
    'labels.undo': () => {
      const { db } = project.require();
      return answer(db, undo(db, 'key') ?? NOTHING);
    },
    'labels.redo': () => {
      const { db } = project.require();
      return answer(db, redo(db, 'key') ?? NOTHING);
    },
    'labels.undoState': () => undoState(project.require().db),
  };
}

function answer(db: Db, result: LabelResult): LabelAnswer {
  return { ...result, undo: undoState(db) };
}
