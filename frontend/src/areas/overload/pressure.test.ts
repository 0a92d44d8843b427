import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { overloaded } from '../../graphql/overloaded';
import { pressure } from './pressure.svelte';

describe('what a pressed server does without', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    pressure.told([]);
    vi.useRealTimers();
  });

  test('is heard from pongs, in the order of giving up, and its end as well', () => {
    overloaded.hear({ busy: { level: 'STRAINED', off: ['TYPING_HELP', 'PRESENCE', 'THEME_UPDATES'] } });
    expect(pressure.off).toEqual(['PRESENCE', 'TYPING_HELP', 'THEME_UPDATES']);
    overloaded.hear(undefined);
    expect(pressure.off).toEqual([]);
  });

  test('is read off a refusal, with all that is cheaper to lose', () => {
    expect(overloaded.read({ code: 'OVERLOADED', what: 'THEME_UPDATES', retryAfterSeconds: 3 })).toBe(true);
    expect(pressure.off).toEqual(['PRESENCE', 'TYPING_HELP', 'THEME_UPDATES']);
    expect(pressure.isOff('WRITES')).toBe(false);
    overloaded.read({ code: 'OVERLOADED', what: 'WRITES', retryAfterSeconds: 3 });
    expect(pressure.isOff('WRITES')).toBe(true);
  });

  test('other errors and nonsense say nothing', () => {
    expect(overloaded.read({ code: 'UNAVAILABLE', what: 'WRITES' })).toBe(false);
    expect(overloaded.read(undefined)).toBe(false);
    expect(overloaded.read({ code: 'OVERLOADED', what: 'EVERYTHING' })).toBe(true);
    overloaded.hear({ busy: { off: ['NONSENSE', 7] } });
    overloaded.hear({ busy: 'very' });
    expect(pressure.off).toEqual([]);
  });

  test('is forgotten when nobody repeats it', () => {
    overloaded.hear({ busy: { off: ['PRESENCE'] } });
    vi.advanceTimersByTime(49_000);
    expect(pressure.isOff('PRESENCE')).toBe(true);
    vi.advanceTimersByTime(2_000);
    expect(pressure.off).toEqual([]);
  });
});
