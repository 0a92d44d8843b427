/** What a stretch of text is, as the preview draws it. */
export type Span =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong'; spans: Span[] }
  | { kind: 'em'; spans: Span[] }
  | { kind: 'link'; spans: Span[]; href: string };

export type Block =
  | { kind: 'heading' | 'paragraph' | 'quote'; lines: Span[][] }
  | { kind: 'list'; isNumbered: boolean; items: Span[][] };

const HEADING = /^#{1,6}\s+(.*)$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBERED = /^\s*\d+[.)]\s+(.*)$/;
const QUOTE = /^>\s?(.*)$/;
const INLINE = /`([^`]+)`|\*\*(.+?)\*\*(?!\*)|\*([^*\s][^*]*)\*|_([^_\s][^_]*)_|\[([^\]]+)\]\((https?:\/\/[^\s)]+|mailto:[^\s)]+)\)|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/;

/**
 * The usual part of Markdown, for a preview while one writes: headings, lists, quotes, emphasis, code, links.
 * It makes no HTML, so there is nothing to sanitise; what is kept is rendered by the server.
 */
export function blocksOf(source: string): Block[] {
  const paragraphs = source.replace(/\r\n?/g, '\n').split(/\n\s*\n/);
  return paragraphs.flatMap((paragraph) => runsOf(paragraph.split('\n').filter((line) => line.trim() !== '')).map(blockOf));
}

type Kind = 'heading' | 'bullet' | 'numbered' | 'quote' | 'paragraph';

interface Run {
  kind: Kind;
  lines: string[];
}

function kindOf(line: string): [Kind, string] {
  const kinds: [Kind, RegExp][] = [['heading', HEADING], ['bullet', BULLET], ['numbered', NUMBERED], ['quote', QUOTE]];
  for (const [kind, pattern] of kinds) {
    const found = pattern.exec(line);
    if (found) return [kind, found[1] ?? ''];
  }
  return ['paragraph', line];
}

/** Lines of one kind that follow each other; each heading stands alone. */
function runsOf(lines: readonly string[]): Run[] {
  const runs: Run[] = [];
  for (const line of lines) {
    const [kind, text] = kindOf(line);
    const last = runs.at(-1);
    if (last?.kind === kind && kind !== 'heading') last.lines.push(text);
    else runs.push({ kind, lines: [text] });
  }
  return runs;
}

function blockOf({ kind, lines }: Run): Block {
  const spans = lines.map(spansOf);
  if (kind === 'bullet' || kind === 'numbered') return { kind: 'list', isNumbered: kind === 'numbered', items: spans };
  return { kind, lines: spans };
}

/** The spans of one line. */
export function spansOf(text: string): Span[] {
  const found = INLINE.exec(text);
  if (!found) return text ? [{ kind: 'text', text }] : [];
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [...(before ? [{ kind: 'text', text: before } as const] : []), spanOf(found), ...spansOf(after)];
}

function spanOf([whole, code, strong, star, underscore, words, href, bare]: RegExpExecArray): Span {
  if (code) return { kind: 'code', text: code };
  if (strong) return { kind: 'strong', spans: spansOf(strong) };
  if (href) return { kind: 'link', href, spans: spansOf(words ?? '') };
  if (bare) return { kind: 'link', href: bare, spans: [{ kind: 'text', text: bare }] };
  return { kind: 'em', spans: spansOf(star ?? underscore ?? whole) };
}
