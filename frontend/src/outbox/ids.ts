/**
 * The ids of things that this device makes are known before the server has made them: they are derived from the person and the
 * command's id, as `server/jam/ids.py` does. So what follows upon a post that still waits can wait behind it.
 */
const IV = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
const MIXES = [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15], [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]];
const WORD = (1n << 64n) - 1n;
const BLOCK = 128;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const PERSONAL = new TextEncoder().encode('hothouse-id');

const turned = (x: bigint, by: bigint): bigint => (x >> by) | ((x << (64n - by)) & WORD);

/** A little-endian word of 64 bits. */
function word(bytes: Uint8Array, at: number): bigint {
  let value = 0n;
  for (let i = 7; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

/** BLAKE2b (RFC 7693) of 8 bytes, with the 16 bytes by which our ids differ from other uses. */
function digest(message: Uint8Array): Uint8Array {
  const h = [...IV];
  // Parameters: 8 bytes long, no key, fan-out and depth 1; then the personalization.
  h[0] = (h[0] as bigint) ^ 0x01010008n;
  h[6] = (h[6] as bigint) ^ word(PERSONAL, 0);
  h[7] = (h[7] as bigint) ^ word(PERSONAL, 8);
  const last = Math.max(0, Math.ceil(message.length / BLOCK) - 1);
  for (let block = 0; block <= last; block += 1) {
    const end = Math.min(message.length, (block + 1) * BLOCK);
    compress(h, message.slice(block * BLOCK, end), BigInt(end), block === last);
  }
  return Uint8Array.from({ length: 8 }, (_, at) => Number(((h[0] as bigint) >> BigInt(8 * at)) & 255n));
}

function compress(h: bigint[], bytes: Uint8Array, count: bigint, isLast: boolean): void {
  const m = Array.from({ length: 16 }, (_, at) => word(bytes, 8 * at));
  const v = [...h, ...IV];
  v[12] = (v[12] as bigint) ^ count;
  if (isLast) v[14] = (v[14] as bigint) ^ WORD;
  for (let round = 0; round < 12; round += 1) {
    const order = SIGMA[round % 10] as number[];
    MIXES.forEach((places, at) => mix(v, places, m[order[2 * at] as number] as bigint, m[order[2 * at + 1] as number] as bigint));
  }
  h.forEach((value, at) => (h[at] = value ^ (v[at] as bigint) ^ (v[at + 8] as bigint)));
}

function mix(v: bigint[], places: number[], x: bigint, y: bigint): void {
  const [a, b, c, d] = places as [number, number, number, number];
  const at = (place: number): bigint => v[place] as bigint;
  v[a] = (at(a) + at(b) + x) & WORD;
  v[d] = turned(at(d) ^ at(a), 32n);
  v[c] = (at(c) + at(d)) & WORD;
  v[b] = turned(at(b) ^ at(c), 24n);
  v[a] = (at(a) + at(b) + y) & WORD;
  v[d] = turned(at(d) ^ at(a), 16n);
  v[c] = (at(c) + at(d)) & WORD;
  v[b] = turned(at(b) ^ at(c), 63n);
}

/** RFC 4648 base 32 in small letters, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => LETTERS[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The id of a thing: `prefix` says what it is ("i" an idea, "c" a comment), the parts whose it is and by which command. */
export function derivedId(prefix: string, ...parts: string[]): string {
  return prefix + base32(digest(new TextEncoder().encode(parts.join('\0'))));
}

/** What a person posts: an idea or a comment. */
export type Posted = 'i' | 'c';

/** The id of what a person posts in a jam by a command (schema/mutations/asking.py, `making`). */
export function postedId(kind: Posted, personId: string, jamId: string, commandId: string): string {
  return derivedId(kind, personId, `${jamId} ${commandId}`);
}

/** The id of what is posted without a name under a proof; `proofHash` in hexadecimal (server/jam/anonymity.py). */
export function unnamedId(kind: Posted, jamId: string, proofHash: string): string {
  return derivedId(kind, derivedId('~', jamId, proofHash), 'post');
}
