/** Whether a menu was asked for at the pointer. By key, the point is that of the element with the focus. */
export const isByMouse = ({ button }: MouseEvent): boolean => button === 2;

/** Where the menu of a picture is open in the window; null: closed. */
export class MenuPlace {
  at = $state.raw<{ x: number; y: number } | null>(null);

  /** Opens it at the pointer, or in the middle of an element where a key asked for it. */
  readonly open = (event: MouseEvent, element = event.currentTarget as Element): void => {
    event.preventDefault();
    const { left, top, width, height } = element.getBoundingClientRect();
    this.at = isByMouse(event)
      ? { x: event.clientX, y: event.clientY }
      : { x: left + width / 2, y: top + height / 2 };
  };

  readonly close = (): void => {
    this.at = null;
  };
}
