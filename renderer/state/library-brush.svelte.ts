import type { LabelValue } from '../../shared/library/labels.ts';
import { swapLabel } from '../../shared/swap.ts';

/** What the mouse does in the grid: select pictures, or paint a label (null: take labels away). */
export type Tool = 'select' | { label: LabelValue };

/** What the mouse does in the grid, and the label that was painted last. */
export class LibraryBrush {
  tool = $state.raw<Tool>('select');
  /** What is painted; undefined while pictures are selected. */
  readonly label = $derived(this.tool === 'select' ? undefined : this.tool.label);
  /** Taken up again by its key, and remembered in the project. */
  last: LabelValue = 0;

  take(tool: Tool): void {
    this.tool = tool;
    if (tool !== 'select') this.last = tool.label;
  }

  /** After the classes changed places: the brush stays with its class. */
  swapIndices(): void {
    this.last = swapLabel(this.last);
    if (this.tool !== 'select') this.tool = { label: swapLabel(this.tool.label) };
  }
}
