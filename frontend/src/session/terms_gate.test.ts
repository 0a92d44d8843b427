import { expect, test, vi } from 'vitest';
import { termsGate } from './terms_gate.svelte';

const TERMS = { jamId: 'j1', version: 2 };

test('all that wait for one acceptance go on with it', async () => {
  const both = [termsGate.ask(TERMS), termsGate.ask(TERMS)];
  expect(termsGate.asked).toEqual(TERMS);
  termsGate.accepted();
  expect(await Promise.all(both)).toEqual([true, true]);
  expect(termsGate.asked).toBeNull();
});

test('"not now" answers for a moment, and then one is asked again', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(10_000);
  const first = termsGate.ask(TERMS);
  termsGate.declined();
  expect(await first).toBe(false);
  expect(await termsGate.ask(TERMS)).toBe(false);
  now.mockReturnValue(12_000);
  const later = termsGate.ask(TERMS);
  expect(termsGate.asked).toEqual(TERMS);
  termsGate.accepted();
  expect(await later).toBe(true);
  now.mockRestore();
});
