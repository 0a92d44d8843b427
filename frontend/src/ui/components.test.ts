import { render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { locale } from '../i18n/locale.svelte';
import Avatar from './Avatar.svelte';
import Count from './Count.svelte';
import Field from './Field.svelte';
import LivePill from './LivePill.svelte';
import Markdown from './Markdown.svelte';

afterEach(() => locale.choose('en'));

describe('LivePill', () => {
  it('takes no room while nothing waits', () => {
    render(LivePill, { fresh: 0, moved: 0, onshow: () => undefined });
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('says what waits, in the page’s language, and shows it when pressed', () => {
    const onshow = vi.fn();
    render(LivePill, { fresh: 12, moved: 3, onshow });
    const pill = screen.getByRole('button');
    expect(pill.textContent).toContain('12 new · 3 moved');
    flushSync(() => locale.choose('he'));
    expect(pill.textContent).toContain('12 חדשים · 3 זזו');
    pill.click();
    expect(onshow).toHaveBeenCalledTimes(1);
  });

  it('has words for two in Hebrew, which has a form of its own for it', () => {
    locale.choose('he');
    render(LivePill, { fresh: 2, moved: 0, onshow: () => undefined });
    expect(screen.getByRole('button').textContent).toContain('2 חדשים');
  });
});

describe('Field', () => {
  it('tells a screen reader what is wrong', () => {
    render(Field, { label: 'Title', error: 'Too short', value: 'a' });
    const input = screen.getByLabelText('Title');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    const words = document.getElementById(input.getAttribute('aria-describedby') ?? '');
    expect(words?.textContent).toBe('Too short');
  });
});

describe('Markdown', () => {
  it('stands in its own language and direction, whatever the page’s', () => {
    const { container } = render(Markdown, { html: '<p>שלום</p>', language: 'he' });
    const box = container.querySelector('.markdown');
    expect([box?.getAttribute('dir'), box?.getAttribute('lang'), box?.innerHTML]).toEqual(['rtl', 'he', '<p>שלום</p>']);
  });
});

describe('Count', () => {
  it('glows when it changes, and only then', async () => {
    const { container, rerender } = render(Count, { value: 7 });
    const count = container.querySelector('bdi');
    expect(count?.classList.contains('glow')).toBe(false);
    await rerender({ value: 8 });
    expect([count?.textContent, count?.classList.contains('glow')]).toEqual(['8', true]);
  });
});

describe('Avatar', () => {
  it('shows the initials of any script, and a dot for nobody', () => {
    const shown = (name: string | null) => render(Avatar, { name }).container.textContent?.trim();
    expect([shown('Noa Ben Levi'), shown('יעל בן־דוד'), shown(null)]).toEqual(['NL', 'יב', '·']);
  });
});
