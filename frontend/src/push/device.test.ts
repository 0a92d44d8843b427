import { expect, test } from 'vitest';
import { abilityIn, keyOf } from './device';

const PLAIN = { hasPush: true, permission: 'default' as const, userAgent: 'Mozilla/5.0 (X11; Linux) Chrome/130', touchPoints: 0, isInstalled: false };
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1';

test.each([
  [{}, 'able'],
  [{ permission: 'granted' as const }, 'able'],
  [{ permission: 'denied' as const }, 'blocked'],
  [{ hasPush: false }, 'unsupported'],
  [{ hasPush: false, userAgent: IPHONE }, 'install'],
  [{ hasPush: false, userAgent: IPHONE, isInstalled: true }, 'unsupported'],
  [{ hasPush: true, userAgent: IPHONE, isInstalled: true }, 'able'],
  [{ hasPush: false, userAgent: MAC, touchPoints: 5 }, 'install'],
  [{ hasPush: false, userAgent: MAC, touchPoints: 0 }, 'unsupported'],
])('what a browser can do: %o', (changed, expected) => expect(abilityIn({ ...PLAIN, ...changed })).toBe(expected));

test('a key is compared as the server writes it', () => {
  const bytes = new Uint8Array([4, 251, 255, 254, 0]);
  const subscription = { options: { applicationServerKey: bytes.buffer } } as unknown as PushSubscription;
  expect(keyOf(subscription)).toBe('BPv__gA');
});
