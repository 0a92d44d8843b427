import { describe, expect, it } from 'vitest';
import { pointsOf } from './columns';
import type { MapColumns } from './documents';

const packed = (numbers: Uint8Array | Uint16Array | Uint32Array): string => btoa(String.fromCharCode(...new Uint8Array(numbers.buffer)));

const columns: MapColumns = {
  seq: 9, count: 2, ideaIds: 'i1 i2', origin: 5_000, themeIds: ['h1', 'h2'], languageCodes: ['en', 'he'], titles: 'One\nשתיים',
  x: packed(Uint16Array.of(0, 65_535)), y: packed(Uint16Array.of(13_107, 0)),
  themes: packed(Uint16Array.of(1, 0)), subthemes: packed(Uint16Array.of(2, 0)),
  supports: packed(Uint32Array.of(70_000, 0)), posted: packed(Uint32Array.of(2, 300)), languages: packed(Uint8Array.of(0, 1)),
};

describe('a map in columns', () => {
  it('is read point by point', () => {
    expect(pointsOf(columns)).toEqual([
      { id: 'i1', x: 0, y: 0.2, themeId: 'h1', subthemeId: 'h2', title: 'One', language: 'en', support: 70_000, postedAt: 7_000 },
      { id: 'i2', x: 1, y: 0, themeId: null, subthemeId: null, title: 'שתיים', language: 'he', support: 0, postedAt: 305_000 },
    ]);
  });

  it('has no titles and languages where they were not asked for, and may be empty', () => {
    expect(pointsOf({ ...columns, titles: '' })[1]).toMatchObject({ title: null, language: null });
    const nothing = { x: '', y: '', themes: '', subthemes: '', supports: '', posted: '', languages: '', titles: '' };
    expect(pointsOf({ ...columns, ...nothing, ideaIds: '' })).toEqual([]);
  });
});
