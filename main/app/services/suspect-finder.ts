import type { SuspectList } from '../../../shared/contract/suspects.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { anyOutOfFold } from '../../engine/out-of-fold.ts';
import { byHead, listSuspects } from '../../engine/suspects.ts';
import { keptPictures } from '../../library/labels/kept-labels.ts';
import type { OpenProject } from './open-project.ts';
import type { Suggestions } from './suggestions.ts';

/** Finds labels that are likely wrong: by the quick classifier, or by heads that were trained in folds. */
export class SuspectFinder {
  constructor(
    private readonly project: OpenProject,
    private readonly suggestions: Suggestions,
  ) {}

  /** @throws TwofoldError `too-few` while a class has too few labels */
  async quick(): Promise<SuspectList> {
    // An import may have ended just now.
    await this.suggestions.read();
    return this.suggestions.ask({ kind: 'suspects' });
  }

  /** Null unless all folds were trained with the current labels. */
  async byHead(runId: string): Promise<SuspectList | null> {
    const project = this.project.require();
    const known = await anyOutOfFold(project, chooseRun(project, runId));
    return known && { ...listSuspects(byHead(known), keptPictures(project.db)), unindexed: 0 };
  }
}
