import { formatCount } from '../../shared/format.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import type { PictureFilter } from '../../shared/library/query.ts';

/** Whether a picture that was just labelled so still belongs to a filter by label; the other filters don't depend on it. */
export function fits(filter: PictureFilter, label: LabelValue): boolean {
  switch (filter.kind) {
    case 'unlabelled':
    case 'suggested':
    case 'alike':
      return label === null;
    case 'labelled':
    case 'trainable':
      return label === 0 || label === 1;
    case 'class':
      return label === filter.class;
    case 'skipped':
      return label === 'skipped';
    case 'wrong':
      return false;
    default:
      return true;
  }
}

/** What reading the list again would change. */
export interface Outdated {
  /** Listed pictures that would be hidden. */
  hidden: number;
  /** Whether others might be shown. */
  more: boolean;
}

export const UP_TO_DATE: Outdated = { hidden: 0, more: false };

/** Notes which listed pictures no longer fit the filter, since they stay in place when they are labelled. */
export class ListChanges {
  readonly #hidden = new Set<number>();
  #more = false;

  /** The list was read again. */
  reset(): Outdated {
    this.#hidden.clear();
    this.#more = false;
    return UP_TO_DATE;
  }

  /**
   * @param ids of pictures that have this label now
   * @param list what is shown; needed only where some of `ids` may not be in it
   */
  note(
    filter: PictureFilter,
    ids: Iterable<number>,
    label: LabelValue,
    list?: ReadonlySet<number>,
  ): Outdated {
    const isIn = fits(filter, label);
    for (const id of ids) {
      if (list?.has(id) === false) this.#more ||= isIn;
      else if (isIn) this.#hidden.delete(id);
      else this.#hidden.add(id);
    }
    return { hidden: this.#hidden.size, more: this.#more };
  }
}

/** In words, beside the filter; null where nothing would change. */
export function outdatedWords({ hidden, more }: Outdated, filter: PictureFilter): string | null {
  if (hidden > 0) {
    const what = ['unlabelled', 'suggested', 'alike'].includes(filter.kind) ? 'labelled' : 'changed';
    return `${formatCount(hidden)} ${what}, hidden on refresh`;
  }
  return more ? 'More pictures on refresh' : null;
}
