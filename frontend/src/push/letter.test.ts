import { expect, test } from 'vitest';
import { letterIn, pathOf, shownAs } from './letter';

const LETTER = { id: 'a', tag: 'b', title: 'Hothouse', body: 'תגובה אחת', lang: 'he', dir: 'rtl', path: '/jam/x/inbox', at: 5 } as const;

test('a letter is read as it was written', () => {
  expect(letterIn(JSON.stringify(LETTER))).toEqual(LETTER);
});

test.each([null, '', 'null', '[]', '{}', '7', '{"id": 1}', JSON.stringify({ ...LETTER, title: 7 }), JSON.stringify({ ...LETTER, at: 'x' })])(
  'what is no letter is none: %s',
  (text) => expect(letterIn(text)).toBeNull(),
);

test.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '', 'jam', '/a b', null, 7])(
  'an address elsewhere leads to the first page: %s',
  (path) => expect(pathOf(path)).toBe('/'),
);

test('what was shown before takes its own place without a sound', () => {
  expect(shownAs(LETTER, false)).toMatchObject({ lang: 'he', dir: 'rtl', tag: 'b', silent: false, renotify: true, data: { id: 'a', path: '/jam/x/inbox' } });
  expect(shownAs(LETTER, true)).toMatchObject({ tag: 'b', silent: true, renotify: false });
});
