import type { ProjectSettings } from '../../shared/library/settings.ts';

export const MIN_SIZE_PX = 72;
export const MAX_SIZE_PX = 256;

/** The settings of a project that say how the Library looks. */
export type ViewSettings = Pick<
  ProjectSettings,
  'gridSizePx' | 'gridNames' | 'gridSplits' | 'halves' | 'layout' | 'mapMethod' | 'mapColour' | 'alikeFrom'
>;

/** How the Library shows pictures; remembered in the project. */
export class LibraryView {
  sizePx = $state(144);
  /** File names under the thumbnails. */
  names = $state(false);
  /** Badges with the set that a picture belongs to: training, validation or test. */
  splits = $state(false);
  /** In the large picture a click on the left half labels as the first class, on the right half as the second. */
  halves = $state(false);
  /** How alike the pictures of a group of look-alikes are: least cosine with its first. */
  alikeFrom = $state(0.88);
  layout = $state<ViewSettings['layout']>('grid');
  mapMethod = $state<ViewSettings['mapMethod']>('pca');
  mapColour = $state<ViewSettings['mapColour']>('label');

  /** @param onChange told when something of it is changed by a person */
  constructor(private readonly onChange: () => void) {}

  open({ gridSizePx, gridNames, gridSplits, halves, alikeFrom, ...map }: ViewSettings): void {
    this.sizePx = Math.min(MAX_SIZE_PX, Math.max(MIN_SIZE_PX, gridSizePx));
    this.names = gridNames;
    this.splits = gridSplits;
    this.halves = halves;
    this.alikeFrom = alikeFrom;
    this.layout = map.layout;
    this.mapMethod = map.mapMethod;
    this.mapColour = map.mapColour;
  }

  change(
    change: Partial<
      Pick<
        LibraryView,
        'sizePx' | 'names' | 'splits' | 'halves' | 'layout' | 'mapMethod' | 'mapColour' | 'alikeFrom'
      >
    >,
  ): void {
    Object.assign(this, change);
    this.onChange();
  }

  get settings(): ViewSettings {
    const { sizePx, names, splits, halves, layout, mapMethod, mapColour, alikeFrom } = this;
    return {
      gridSizePx: sizePx,
      gridNames: names,
      gridSplits: splits,
      halves,
      layout,
      mapMethod,
      mapColour,
      alikeFrom,
    };
  }
}
