const LONGEST = 320;

/** The beginning of a Markdown text as plain words, for a card. */
export function excerpt(markdown: string): string {
  const words = markdown
    .slice(0, LONGEST * 3)
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[ \t]*(#{1,6}|[-*+>]|\d+\.)[ \t]+/gm, '')
    .replace(/(\*\*|__|`+|~~)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > LONGEST ? `${words.slice(0, LONGEST).replace(/\s\S*$/, '')}…` : words;
}
