import { describe, expect, it } from 'vitest';
import { isSlug, suggestSlug } from './slug';

describe('the suggested address', () => {
  it.each([
    ['Green 27', 'green-27'],
    ['  What’s next? ', 'whats-next'],
    ['Crème & Café', 'creme-cafe'],
    ['ירוק 27', 'irvk-27'],
    ['ג׳אם', 'gam'],
    ['???', ''],
  ])('of %s is %s', (title, slug) => expect(suggestSlug(title)).toBe(slug));

  it('is one that the server takes, however long the title', () => {
    const slug = suggestSlug('a very long title of a jam '.repeat(5));
    expect(slug.length).toBeLessThanOrEqual(60);
    expect(isSlug(slug)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'A', 'a b', 'a'.repeat(61)])('"%s" is none', (text) => expect(isSlug(text)).toBe(false));
});
