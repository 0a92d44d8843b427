const TINTS = 10;

/** At most two letters of a name: the first of the first and of the last word; a leaf-like dot for nobody. */
export function initials(name: string | null | undefined): string {
  const words = (name ?? '').trim().split(/\s+/u).filter(Boolean);
  const first = words[0];
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last].map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('') || '·';
}

/** A number from 0 to 9, the same for the same seed (FNV-1a, 32 bits). */
export function tintOf(seed: string): number {
  let hash = 0x811c9dc5;
  for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash % TINTS;
}
