import { describe, expect, it } from 'vitest';
import { belongs, compareIn, isKnownHere, type Ranked } from './order';

const HOUR = 3_600_000;

function ranked(id: string, rest: Partial<Ranked> = {}): Ranked {
  return { id, isPinned: false, postedAt: 0, supportCount: 0, commentCount: 0, buildOnCount: 0, ...rest };
}

function sorted(order: Parameters<typeof compareIn>[0], ideas: Ranked[]): string[] {
  return [...ideas].sort((a, b) => compareIn(order, a, b)).map((idea) => idea.id);
}

describe('compareIn', () => {
  it('lists pinned ideas first in every order', () => {
    const ideas = [ranked('loved', { supportCount: 90, postedAt: 5 }), ranked('pinned', { isPinned: true })];
    for (const order of ['TOP', 'HOT', 'NEW', 'DISCUSSED', 'RISING', 'FAIR'] as const) {
      expect(sorted(order, ideas)).toEqual(['pinned', 'loved']);
    }
  });

  it('top: most support, of equals the older', () => {
    const ideas = [ranked('late', { supportCount: 3, postedAt: 9 }), ranked('early', { supportCount: 3 }), ranked('best', { supportCount: 4 })];
    expect(sorted('TOP', ideas)).toEqual(['best', 'early', 'late']);
  });

  it('hot: twice the support outweighs four hours and not a second more', () => {
    const old = ranked('old', { supportCount: 15 });
    const young = (extra: number) => ranked('young', { supportCount: 7, postedAt: 4 * HOUR + extra });
    expect(sorted('HOT', [old, young(-60_000)])).toEqual(['old', 'young']);
    expect(sorted('HOT', [old, young(60_000)])).toEqual(['young', 'old']);
  });

  it('new and discussed', () => {
    const ideas = [ranked('a', { postedAt: 1, commentCount: 5 }), ranked('b', { postedAt: 2, commentCount: 1 })];
    expect(sorted('NEW', ideas)).toEqual(['b', 'a']);
    expect(sorted('DISCUSSED', ideas)).toEqual(['a', 'b']);
  });
});

describe('belongs', () => {
  it('unattended lists only what nobody answered', () => {
    expect(belongs('UNATTENDED', ranked('a'))).toBe(true);
    expect(belongs('UNATTENDED', ranked('a', { commentCount: 1 }))).toBe(false);
    expect(belongs('UNATTENDED', ranked('a', { buildOnCount: 1 }))).toBe(false);
    expect(belongs('TOP', ranked('a', { commentCount: 1 }))).toBe(true);
  });
});

describe('isKnownHere', () => {
  it('leaves rising and fair to the server', () => {
    expect(isKnownHere('RISING')).toBe(false);
    expect(isKnownHere('FAIR')).toBe(false);
    expect(isKnownHere('HOT')).toBe(true);
  });
});
