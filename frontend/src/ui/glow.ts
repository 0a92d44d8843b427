import type { Attachment } from 'svelte/attachments';

/** `{@attach glowOnChange(() => value)}`: the element glows once for a second when the value is no longer what it was. */
export function glowOnChange(read: () => unknown): Attachment<HTMLElement> {
  let known: unknown;
  let isFirst = true;
  return (element) => {
    const value = read();
    if (!isFirst && value !== known) glow(element);
    known = value;
    isFirst = false;
  };
}

/** Let an element glow once. */
export function glow(element: HTMLElement): void {
  element.classList.remove('glow');
  void element.offsetWidth;
  element.classList.add('glow');
  element.addEventListener('animationend', () => element.classList.remove('glow'), { once: true });
}
