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
  /** Decisions that are not on disk yet. */
  readonly #pending = new SvelteMap<number, Decision>();

  clear(): void {
    this.#labels.clear();
    this.#kept.clear();
    this.#pending.clear();
  }

  /** After the classes changed places. */
  swapIndices(): void {
    for (const [id, label] of this.#labels) this.#labels.set(id, swapLabel(label));
  }

  /** Takes what was decided before the app was restarted. */
  restore({ suspect: { id }, now, isKept }: CheckedLabel): void {
    if (!this.#labels.has(id)) this.#labels.set(id, now);
    if (isKept) this.#kept.add(id);
  }

  /** Until it is stored. */
  expect(id: number, decision: Decision): void {
    this.#pending.set(id, decision);
  }

  stored(ids: readonly number[]): void {
    ids.forEach((id) => this.#pending.delete(id));
  }

  hear({ changes, kept = [], unkept = [] }: LabelAnswer): void {
    for (const { id, label } of changes) this.#labels.set(id, label);
    for (const id of kept) this.#kept.add(id);
    for (const id of unkept) this.#kept.delete(id);
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
