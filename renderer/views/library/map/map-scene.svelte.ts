import type { MapValues, PictureMap } from '../../../../shared/map.ts';
import { contentKey } from '../../../../shared/picture-url.ts';
import type { AppState } from '../../../state/app.svelte.ts';
import { Thumbnails, type Thumbnail } from '../thumbnails.svelte.ts';
import { colouring, indexOfId, maskOf, valuesOf, type PointErrors, type PointSuspects } from './colouring.ts';
import { looksOf, radiusPx, type Palette } from './looks.ts';
import { tilesIn } from './tiles.ts';
import { fitted, type Point, type Size, type Viewport } from './viewport.ts';

/** Labels are checked once the hand rests. */
const SUSPECTS_AFTER_MS = 1000;

/** What the map canvas is given. */
export interface MapProps {
  map: PictureMap;
  values: MapValues;
  /** The chosen run; null: none. */
  run: string | null;
}

/** What is to be drawn, from the map, the Library's list and selection, and how far one has zoomed in. */
export class MapScene {
  frame = $state.raw<Size>({ width: 0, height: 0 });
  palette = $state.raw<Palette | null>(null);
  /** Null: the whole map, also after the window changed its size. */
  moved = $state.raw<Viewport | null>(null);
  errors = $state.raw<PointErrors | null>(null);
  suspects = $state.raw<PointSuspects | null>(null);
  /** The point under the pointer. */
  hover = $state.raw<{ index: number; at: Point } | null>(null);
  readonly thumbnails = new Thumbnails();
  /** For which the labels were checked. */
  #checked: { ids: Uint32Array; labels: number } | null = null;
  #checking: ReturnType<typeof setTimeout> | undefined;

  readonly #map = $derived.by(() => this.props().map);
  readonly points = $derived(this.#map.points as Float32Array<ArrayBuffer>);
  readonly ids = $derived(this.#map.ids);
  readonly whole = $derived(fitted(this.points, this.frame));
  readonly view = $derived(this.moved ?? this.whole);
  readonly radius = $derived(radiusPx(this.ids.length, this.view.scale / this.whole.scale));
  readonly #values = $derived.by(() => valuesOf(this.ids, this.props().values));
  /** Changes with the labels and not with suggestions, which checking labels counts up. */
  readonly #labelsSum = $derived.by(() =>
    this.#values.labels.reduce((sum, label) => (Math.imul(sum, 31) + label + 3) | 0, 0),
  );
  readonly #listed = $derived.by(() => maskOf(this.ids, this.app.library.list.ids));
  /** The point whose picture keys act on. */
  readonly current = $derived.by(() => {
    const { id } = this.app.library.cursor;
    return id === undefined ? null : indexOfId(this.ids, id);
  });
  readonly #colours = $derived.by(() => {
    const { library, opened } = this.app;
    return (
      this.palette &&
      colouring(
        library.view.mapColour,
        this.#values,
        opened.classes,
        this.palette,
        this.errors,
        this.suspects,
      )
    );
  });
  readonly legend = $derived(this.#colours?.legend ?? []);
  readonly looks = $derived.by(() => {
    const { selection } = this.app.library;
    return (
      this.#colours &&
      looksOf(this.ids.length, this.#colours.lookOf, this.takes, (index) => selection.has(this.ids[index]!))
    );
  });
  readonly tiles = $derived.by(() =>
    tilesIn(this.points, this.view, this.frame, this.whole.scale, this.takes),
  );
  /** Pictures of which more than the place is shown. */
  readonly wanted = $derived.by(() => [
    ...(this.hover ? [this.ids[this.hover.index]!] : []),
    ...(this.app.library.cursor.id === undefined ? [] : [this.app.library.cursor.id]),
    ...this.tiles.map(({ index }) => this.ids[index]!),
  ]);

  constructor(
    readonly app: AppState,
    private readonly props: () => MapProps,
  ) {
    this.moved = app.libraryMap.shown.get(props().map.method) ?? null;
    $effect(() => {
      app.library.rows.want(this.wanted);
      app.suggestions.want(this.wanted);
    });
    $effect(() => this.thumbnails.want(this.tiles.flatMap(({ index }) => this.#keyOf(index) ?? [])));
    $effect(() => {
      const { shown } = app.libraryMap;
      if (this.moved) shown.set(this.#map.method, this.moved);
      else shown.delete(this.#map.method);
    });
    $effect(() => {
      const { run, values } = this.props();
      if (app.library.view.mapColour !== 'error' || run === null) return;
      // Labels and the threshold decide what is wrong as well.
      void this.#readErrors(this.ids, run, [values, app.opened.settings.threshold]);
    });
    $effect(() => {
      if (app.library.view.mapColour !== 'likely') return;
      // Not during a stroke, since five classifiers are fitted.
      const [ids, labels] = [this.ids, this.#labelsSum];
      if (this.#checked?.ids === ids && this.#checked.labels === labels) return;
      this.#checked = { ids, labels };
      clearTimeout(this.#checking);
      this.#checking = setTimeout(() => void this.#readSuspects(ids), SUSPECTS_AFTER_MS);
    });
  }

  /** Whether the Library's list has the picture of a point: others are faint and can't be chosen. */
  readonly takes = (index: number): boolean => this.#listed[index] === 1;

  /** Where a point is on the map. */
  pointAt(index: number): Point {
    return { x: this.points[2 * index]!, y: this.points[2 * index + 1]! };
  }

  /** The thumbnails of the tiles, as far as they are here. Reactive. */
  get pictures(): (Thumbnail | undefined)[] {
    return this.tiles.map(({ index }) => {
      const key = this.#keyOf(index);
      return key === undefined ? undefined : this.thumbnails.get(key);
    });
  }

  #keyOf(index: number): string | undefined {
    const row = this.app.library.rows.get(this.ids[index]!);
    return row && contentKey(row.picture);
  }

  async #readSuspects(ids: Uint32Array): Promise<void> {
    const list = await this.app.notices.attempt(() => this.app.client.call('suspects.quick'));
    if (!list || ids !== this.ids) return;
    const idsOf = (isLikely: boolean): number[] =>
      list.suspects.flatMap((one) => (one.isLikely === isLikely ? [one.id] : []));
    this.suspects = { likely: maskOf(ids, idsOf(true)), doubtful: maskOf(ids, idsOf(false)) };
  }

  async #readErrors(ids: Uint32Array, run: string, _after: unknown): Promise<void> {
    const idsOf = (filter: object): Promise<Uint32Array> =>
      this.app.client
        .call('pictures.ids', { filter: { run, ...filter } as never })
        .catch(() => new Uint32Array());
    const wrong = maskOf(ids, await idsOf({ kind: 'wrong' }));
    const predicted = maskOf(ids, await idsOf({ kind: 'split', split: 'validation' }));
    if (ids === this.ids) {
      this.errors = { wrong, correct: predicted.map((one, index) => one & ~wrong[index]!) };
    }
  }
}
