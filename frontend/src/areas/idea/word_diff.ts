/** A stretch of text: in both versions, only in the newer, or only in the older. */
export interface Stretch {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Above this many pairs of words the middle is shown as one replacement: nobody reads such a diff word by word. */
const MOST_PAIRS = 4_000_000;

const words = (text: string): string[] => text.match(/\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];

/** The differences of two texts by words: a longest common subsequence between their common ends. */
export function wordDiff(before: string, after: string): Stretch[] {
  const a = words(before);
  const b = words(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const middle = diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return joined([stretch('same', a.slice(0, start)), ...middle, stretch('same', a.slice(a.length - end))]);
}

function stretch(kind: Stretch['kind'], parts: readonly string[]): Stretch {
  return { kind, text: parts.join('') };
}

function diffMiddle(a: string[], b: string[]): Stretch[] {
  if (a.length * b.length > MOST_PAIRS) return [stretch('removed', a), stretch('added', b)];
  const lengths = commonLengths(a, b);
  const result: Stretch[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) result.push(stretch('same', [a[i++] as string])) && (j += 1);
    else if (lengthAt(lengths, b.length, i + 1, j) >= lengthAt(lengths, b.length, i, j + 1)) result.push(stretch('removed', [a[i++] as string]));
    else result.push(stretch('added', [b[j++] as string]));
  }
  return [...result, stretch('removed', a.slice(i)), stretch('added', b.slice(j))];
}

/** Length of the longest common subsequence of a[i…] and b[j…], for all i and j, row by row. */
function commonLengths(a: string[], b: string[]): Uint16Array {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const down = table[(i + 1) * width + j] ?? 0;
      const right = table[i * width + j + 1] ?? 0;
      table[i * width + j] = a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(down, right);
    }
  }
  return table;
}

function lengthAt(table: Uint16Array, bLength: number, i: number, j: number): number {
  return table[i * (bLength + 1) + j] ?? 0;
}

function joined(parts: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.text === '') continue;
    if (last?.kind === part.kind) last.text += part.text;
    else result.push({ ...part });
  }
  return result;
}
