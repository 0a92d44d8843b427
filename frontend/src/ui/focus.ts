let isFirstPage = true;

/** Focus a page's title when the page is shown, except the very first one: the browser starts at the top by itself. */
export function takeFocus(element: HTMLElement): void {
  if (!isFirstPage) element.focus({ preventScroll: true });
  isFirstPage = false;
}
