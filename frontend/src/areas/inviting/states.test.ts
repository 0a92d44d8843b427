import { describe, expect, it } from 'vitest';
import { addressesIn, canSendAgain, standing, stands } from './states';

const DAY = 24 * 3_600_000;
const mail = { kind: 'MAIL' as const, state: 'DELIVERED' as const, expiresAt: 10 * DAY, uses: 0, maxUses: 1, createdAt: 0, address: 'a@b.c' };

describe('what an invitation is now', () => {
  it('ends with its time, unless somebody joined, declined or revoked it before', () => {
    expect(standing(mail, 10 * DAY - 1)).toBe('DELIVERED');
    expect(standing(mail, 10 * DAY)).toBe('ENDED');
    for (const state of ['JOINED', 'DECLINED', 'REVOKED'] as const) expect(standing({ ...mail, state }, 10 * DAY)).toBe(state);
  });

  it('is full when a link has no place left', () => {
    const link = { ...mail, kind: 'LINK' as const, state: 'OPEN' as const, uses: 2, maxUses: 3 };
    expect(standing(link, 0)).toBe('OPEN');
    expect(standing({ ...link, uses: 3 }, 0)).toBe('FULL');
    expect(stands('FULL')).toBe(false);
    expect(stands('WAITING')).toBe(true);
  });

  it('is mailed again once a day, or at once where it failed', () => {
    expect(canSendAgain(mail, 'DELIVERED', DAY - 1)).toBe(false);
    expect(canSendAgain(mail, 'DELIVERED', DAY)).toBe(true);
    expect(canSendAgain(mail, 'FAILED', 1)).toBe(true);
    expect(canSendAgain(mail, 'JOINED', DAY)).toBe(false);
    expect(canSendAgain({ ...mail, kind: 'LINK' }, 'OPEN', DAY)).toBe(false);
    expect(canSendAgain({ ...mail, address: null }, 'FAILED', DAY)).toBe(false);
  });
});

describe('addresses in a text', () => {
  it('are found however they are written, each once', () => {
    expect(addressesIn(' noa@x.org\nGil Levi <gil@x.org>; "Dan" <dan@x.org>, NOA@x.org  ada@x.org ')).toEqual([
      { address: 'noa@x.org' },
      { address: 'gil@x.org', name: 'Gil Levi' },
      { address: 'dan@x.org', name: 'Dan' },
      { address: 'ada@x.org' },
    ]);
    expect(addressesIn(' \n ; ')).toEqual([]);
  });
});
