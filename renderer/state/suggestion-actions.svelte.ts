import { plural } from '../../shared/format.ts';
import type { ClassIndex } from '../../shared/library/labels.ts';
import { pictureQuerySchema, type SuggestionOrder } from '../../shared/library/query.ts';
import type { Client } from './client.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { suggestionOf, type Suggestion, type Suggestions } from './suggestions.svelte.ts';

/** Labels after which the queue of "Label next" is chosen anew. */
const QUEUE_STEP = 10;
/** Pictures behind the present one that are prefetched, and so stay where they are. */
const PREFETCHED = 3;
export const MOST_SIMILAR = 30;

export type ListedSuggestion = Suggestion & { id: number };

/** What is done with suggestions and similar pictures. */
export class SuggestionActions {
  /** The large view shows the queue of "Label next". */
  isQueue = $state(false);
  #labelled = 0;
  #extending = false;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly library: Library,
    private readonly suggestions: Suggestions,
  ) {
    library.labels.onStored(() => {
      if (!this.isQueue || !library.cursor.focused) return;
      this.#labelled++;
      if (this.#labelled % QUEUE_STEP === 0) void this.#extend();
    });
  }

  open(): void {
    this.isQueue = false;
  }

  sort(order: SuggestionOrder): void {
    this.library.list.sort({ by: 'suggestion', order });
  }

  /** Shows the pictures for which a class is suggested, the most confident first. */
  show(index: ClassIndex): void {
    void this.library.list.ask(
      pictureQuerySchema.parse({
        filter: { kind: 'suggested', class: index },
        sort: { by: 'suggestion', order: 'surest' },
      }),
    );
  }

  /** Opens the pictures to label next one by one in the large view. */
  async labelNext(): Promise<void> {
    const { library } = this;
    if (library.cursor.focused) library.cursor.closeFocus();
    await library.list.ask(
      pictureQuerySchema.parse({ filter: { kind: 'unlabelled' }, sort: { by: 'suggestion', order: 'next' } }),
    );
    if (library.list.ids.length === 0) {
      this.notices.say('Every picture is labelled or skipped.');
      return;
    }
    this.isQueue = true;
    this.#labelled = 0;
    library.openFocus(0);
  }

  /** Chooses anew what comes after the pictures that are prefetched. */
  async #extend(): Promise<void> {
    if (this.#extending) return;
    this.#extending = true;
    try {
      const { library } = this;
      const kept = library.cursor.index + 1 + PREFETCHED;
      const next = await this.client.call('suggestions.next', {
        count: 2 * QUEUE_STEP,
        except: [...library.list.ids.subarray(0, kept)].slice(-5000),
      });
      if (!this.isQueue || !library.cursor.focused) return;
      library.list.replaceTail(Math.max(kept, library.cursor.index + 1 + PREFETCHED), next);
    } catch {
      // The queue continues in its former order.
    } finally {
      this.#extending = false;
    }
  }

  /** Labels pictures as suggested, in one step of undo. */
  accept(groups: readonly [number[], number[]]): void {
    this.library.labelBoth(groups, 'suggested');
  }

  /**
   * Accepts what is suggested for the large picture, for those that are selected, or for those of one class in sight.
   *
   * @returns whether there was anything
   */
  acceptHere(): boolean {
    const { library, suggestions } = this;
    if (!library.cursor.focused && library.selection.size === 0) return this.acceptInSight();
    const ids = library.cursor.focused ? [library.cursor.id ?? 0] : [...library.selection.ids];
    const groups: [number[], number[]] = [[], []];
    for (const id of ids) {
      const suggestion = suggestions.of(id);
      if (suggestion && library.rows.peek(id)?.label === null) groups[suggestion.class].push(id);
    }
    if (groups[0].length + groups[1].length === 0) return false;
    this.accept(groups);
    if (library.cursor.focused) library.cursor.next();
    return true;
  }

  /**
   * Of the list of one suggested class, the unlabelled pictures that are wholly in sight now: a person can see whether the
   * class is right. Empty in other lists, and until this one is read. Reactive.
   */
  get inSight(): number[] {
    const { list, cursor, rows } = this.library;
    if (list.shown?.filter.kind !== 'suggested' || list.shown !== list.query || cursor.focused) return [];
    return [...(cursor.grid?.whole() ?? [])].filter((id) => (rows.get(id)?.label ?? null) === null);
  }

  /**
   * Labels the pictures `inSight` as suggested, in one step of undo, and shows the list anew from its top. Where all in sight
   * have labels, only the latter.
   *
   * @returns whether it did any of it; false where no picture is wholly in sight
   */
  acceptInSight(): boolean {
    const { list, labels, cursor, rows } = this.library;
    const { query } = list;
    if (query.filter.kind !== 'suggested' || query !== list.shown) return false;
    if (!cursor.grid?.whole().length) return false;
    const { inSight } = this;
    if (inSight.length === 0) {
      void list.ask(query);
      return true;
    }
    // Right after a jump some are not drawn yet.
    const ids = inSight.filter((id) => rows.peek(id));
    if (ids.length === 0) return true;
    // Before it is stored, the list would be the same.
    const end = labels.onStored((stored) => {
      if (!stored.includes(ids[0]!)) return;
      end();
      if (list.query === query) void list.ask(query);
    });
    this.accept(query.filter.class === 0 ? [ids, []] : [[], ids]);
    return true;
  }

  /** All suggestions, the most confident first. */
  async list(): Promise<ListedSuggestion[] | undefined> {
    const list = await this.notices.attempt(() => this.client.call('suggestions.list'));
    return list && Array.from(list.ids, (id, index) => ({ id, ...suggestionOf(list.probabilities[index]!) }));
  }

  /** Moves each group of near-duplicates that is in several sets to one of them. */
  async repairLeaks(): Promise<void> {
    const repaired = await this.notices.attempt(() => this.client.call('duplicates.repair'));
    if (!repaired) return;
    const { moved, batch } = repaired;
    this.notices.say(
      `${plural(moved, 'picture')} moved, so that no group is in two sets.`,
      batch === null ? [] : [{ label: 'Undo', act: () => this.library.labels.undoBatch(batch) }],
    );
  }

  /** Sorts the library by similarity to a picture. */
  async moreLike(id: number): Promise<void> {
    if (this.library.cursor.focused) this.library.cursor.closeFocus();
    await this.library.list.ask(pictureQuerySchema.parse({ sort: { by: 'similar', to: id } }));
  }

  /** Selects the pictures most similar to the one that the library is sorted by, and that one. */
  selectMostSimilar(): void {
    this.library.takeUp('select');
    this.library.selection.set(this.library.list.ids.subarray(0, MOST_SIMILAR + 1));
  }
}
