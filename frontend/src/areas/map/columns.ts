import type { MapColumns } from './documents';
import type { MapPoint } from './points';

const WHOLE = 65_535;

/** The bytes behind Base64. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) bytes[index] = raw.charCodeAt(index);
  return bytes;
}

const small = (text: string): Uint16Array => new Uint16Array(bytesOf(text).buffer);
const large = (text: string): Uint32Array => new Uint32Array(bytesOf(text).buffer);

/** The points of a map that came in columns; a title is null where titles were not asked for. */
export function pointsOf(columns: MapColumns): MapPoint[] {
  const ids = columns.ideaIds === '' ? [] : columns.ideaIds.split(' ');
  const titles = columns.titles ? columns.titles.split('\n') : [];
  const [x, y, themes, subthemes] = [small(columns.x), small(columns.y), small(columns.themes), small(columns.subthemes)];
  const [supports, posted, languages] = [large(columns.supports), large(columns.posted), bytesOf(columns.languages)];
  const named = (place: number | undefined): string | null => (place ? (columns.themeIds[place - 1] ?? null) : null);
  return ids.map((id, index) => ({
    id,
    x: (x[index] ?? 0) / WHOLE,
    y: (y[index] ?? 0) / WHOLE,
    themeId: named(themes[index]),
    subthemeId: named(subthemes[index]),
    title: titles[index] ?? null,
    language: titles.length > 0 ? (columns.languageCodes[languages[index] ?? 0] ?? null) : null,
    support: supports[index] ?? 0,
    postedAt: columns.origin + 1000 * (posted[index] ?? 0),
  }));
}
