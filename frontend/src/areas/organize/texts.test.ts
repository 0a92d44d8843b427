import { describe, expect, it } from 'vitest';
import { mainFirst, ownTexts, toInput } from './texts';

describe('texts in several languages', () => {
  it('are a language’s own only where they differ from the main language’s', () => {
    expect(ownTexts({ en: 'Jam', he: 'ג׳אם', fr: 'Jam' }, 'en', (text) => text)).toEqual({ en: 'Jam', he: 'ג׳אם', fr: '' });
  });

  it('are written in the main language first', () => {
    expect(mainFirst(['en', 'fr', 'he'], 'he')).toEqual(['he', 'en', 'fr']);
  });

  it('are sent without the empty ones', () => {
    expect(toInput({ en: ' Jam ', he: '  ' })).toEqual([{ language: 'en', text: 'Jam' }]);
  });
});
