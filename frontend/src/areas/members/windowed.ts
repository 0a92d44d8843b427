/** Which rows of a long list stand in a box that is scrolled, with a few beyond each edge. */
export interface Shown {
  first: number;
  /** The place behind the last. */
  end: number;
}

const BEYOND = 8;

/** Rows of `rowHeight` px in a box of `height` px that is scrolled `top` px down. */
export function shownRows(top: number, height: number, rowHeight: number, total: number): Shown {
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const end = Math.min(total, Math.ceil((top + height) / rowHeight) + BEYOND);
  return { first: Math.min(first, total), end: Math.max(end, Math.min(first, total)) };
}

/** How far to scroll so that a row is wholly in sight; where it is, the box stays as it is. */
export function scrolledTo(row: number, top: number, height: number, rowHeight: number): number {
  const start = row * rowHeight;
  if (start < top) return start;
  return start + rowHeight > top + height ? start + rowHeight - height : top;
}

/** Where a key leads from a row; null for a key that leads nowhere. */
export function rowAfter(key: string, row: number, page: number, total: number): number | null {
  const within = (place: number): number => Math.max(0, Math.min(total - 1, place));
  switch (key) {
    case 'ArrowDown':
      return within(row + 1);
    case 'ArrowUp':
      return within(row - 1);
    case 'PageDown':
      return within(row + page);
    case 'PageUp':
      return within(row - page);
    case 'Home':
      return 0;
    case 'End':
      return within(total - 1);
    default:
      return null;
  }
}
