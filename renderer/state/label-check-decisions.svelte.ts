import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { LabelAnswer } from '../../shared/contract/labels.ts';
import type { CheckedLabel, Suspect } from '../../shared/contract/suspects.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import { swapLabel } from '../../shared/swap.ts';

/** What was decided about a label: it is right, the other class is, or the picture is excluded from training. */
export type Decision = 'keep' | 'flip' | 'exclude';

/** What became of the labels of a queue, as far as it is known from the labels that were stored since. */
export class LabelDecisions {
  /** Labels that were changed since they were ranked. */
  readonly #labels = new SvelteMap<number, LabelValue>();
  readonly #kept = new SvelteSet<number>();
  /** Pictures that were removed from the project meanwhile. */
  readonly #gone = new SvelteSet<number>();
  /** Decisions that are not on disk yet. */
  readonly #pending = new SvelteMap<number, Decision>();

  clear(): void {
    this.#labels.clear();
    this.#kept.clear();
    this.#gone.clear();
    this.#pending.clear();
  }

  /** After the classes changed places. */
  swapIndices(): void {
    for (const [id, label] of this.#labels) this.#labels.set(id, swapLabel(label));
  }

  /** Takes what was decided before the app was restarted. @returns the labels that are still decided */
  restore(checked: readonly CheckedLabel[]): Suspect[] {
    // The others were undone since, on the command line.
    const decided = checked.filter(({ suspect, now, isKept }) => now !== suspect.label || isKept);
    for (const { suspect, now, isKept } of decided) {
      if (!this.#labels.has(suspect.id)) this.#labels.set(suspect.id, now);
      if (isKept) this.#kept.add(suspect.id);
    }
    return decided.map(({ suspect }) => suspect);
  }

  /** Until it is stored. */
  expect(id: number, decision: Decision): void {
    this.#pending.set(id, decision);
  }

  stored(ids: readonly number[]): void {
    ids.forEach((id) => this.#pending.delete(id));
  }

  hear({ changes, kept = [], unkept = [], removed = [], restored = [] }: LabelAnswer): void {
    for (const { id, label } of changes) this.#labels.set(id, label);
    for (const id of kept) this.#kept.add(id);
    for (const id of unkept) this.#kept.delete(id);
    for (const id of removed) this.#gone.add(id);
    for (const id of restored) this.#gone.delete(id);
  }

  /** Whether a picture was removed from the project. */
  isGone(id: number): boolean {
    return this.#gone.has(id);
  }

  isKept(id: number): boolean {
    return this.#kept.has(id);
  }

  /** The label that a picture has now. @param label the one that it had when it was read */
  labelOf(id: number, label: LabelValue): LabelValue {
    const changed = this.#labels.get(id);
    return changed === undefined ? label : changed;
  }

  of({ id, label }: Suspect): Decision | null {
    const pending = this.#pending.get(id);
    if (pending) return pending;
    const now = this.labelOf(id, label);
    if (now === label) return this.isKept(id) ? 'keep' : null;
    return now === 0 || now === 1 ? 'flip' : 'exclude';
  }
}
