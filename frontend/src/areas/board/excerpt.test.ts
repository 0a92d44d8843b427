import { describe, expect, it } from 'vitest';
import { excerpt } from './excerpt';

describe('excerpt', () => {
  it('drops the marks of Markdown and keeps the words', () => {
    expect(excerpt('# Title\n\n- **One** [link](https://x.example)\n- `two`\n\n> said')).toBe('Title One link two said');
    expect(excerpt('![a picture](x.png) after')).toBe('after');
  });

  it('keeps stars and underscores inside words', () => {
    expect(excerpt('3 * 4 and snake_case')).toBe('3 * 4 and snake_case');
  });

  it('ends a long text at a word', () => {
    const cut = excerpt('word '.repeat(200));
    expect(cut.length).toBeLessThanOrEqual(321);
    expect(cut.endsWith('word…')).toBe(true);
  });
});
