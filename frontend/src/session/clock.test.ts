import { expect, test } from 'vitest';
import { clock } from './clock.svelte';

test('its instants are whole milliseconds, as the server takes them, whatever lies between the two clocks', () => {
  for (const [serverTime, sentAt, receivedAt] of [
    [1_000, 0, 3],
    [5_000.5, 10, 11],
    [2_001, 1, 2],
  ] as const) {
    clock.learn(serverTime, sentAt, receivedAt);
    expect(Number.isInteger(clock.now())).toBe(true);
  }
});
