/** Something that stands at a place among its equals. */
export interface Placed {
  id: string;
  position: number;
}

/** The changes that move the thing at `from` to `to`: every place that is not its index afterwards is written anew. */
export function reorder(things: readonly Placed[], from: number, to: number): Placed[] {
  const moved = things[from];
  if (!moved || to < 0 || to >= things.length) return [];
  const order = things.toSpliced(from, 1).toSpliced(to, 0, moved);
  return order.flatMap(({ id, position }, at) => (position === at ? [] : [{ id, position: at }]));
}
