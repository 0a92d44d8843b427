import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveAnnouncer } from './announcer.svelte';

describe('LiveAnnouncer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says the first thing at once and the next no sooner than 15 seconds later', () => {
    const announcer = new LiveAnnouncer();
    announcer.say('new', '3 new ideas.');
    vi.advanceTimersByTime(0);
    expect(announcer.words).toBe('3 new ideas.');
    announcer.say('new', '4 new ideas.');
    vi.advanceTimersByTime(14_999);
    expect(announcer.words).toBe('3 new ideas.');
    vi.advanceTimersByTime(1);
    expect(announcer.words).toBe('4 new ideas.');
  });

  it('sums up: the newest words of each topic, once', () => {
    const announcer = new LiveAnnouncer();
    announcer.say('phase', 'Ideas are open.');
    vi.advanceTimersByTime(0);
    announcer.say('new', '1 new idea.');
    announcer.say('new', '9 new ideas.');
    announcer.say('comments', '2 new comments.');
    vi.advanceTimersByTime(15_000);
    expect(announcer.words).toBe('9 new ideas. 2 new comments.');
  });
});
