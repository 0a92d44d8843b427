import { expect, it } from 'vitest';
import { derivedId, postedId, unnamedId } from './ids';

/** Made by server/jam/ids.py. */
it.each([
  [['i', 'p1', 'a'], 'isoqyyxtzhmhxi'],
  [['c', 'pabc', '6a0e3b5e-90c7-4a52-9d0f-0d6f6a3c8b11'], 'caehttb7i3pkfs'],
  [['i', 'נועה', 'x'.repeat(200)], 'i76u3bpalbn6ta'],
] as [string[], string][])('names what %j makes as the server does', ([prefix, ...parts], id) => {
  expect(derivedId(prefix as string, ...parts)).toBe(id);
});

it('names what is posted in a jam as the server does', () => {
  expect(postedId('i', 'pnoa', 'jhale', '6a0e3b5e-90c7-4a52-9d0f-0d6f6a3c8b11')).toBe('iafy7gr5x5nx4c');
  expect(postedId('c', 'pnoa', 'jhale', '6a0e3b5e-90c7-4a52-9d0f-0d6f6a3c8b11')).toBe('cafy7gr5x5nx4c');
});

it('names what is posted without a name as the server does', () => {
  expect(unnamedId('i', 'j1', '0f'.repeat(32))).toBe('ieq2x4kpclwz3m');
  expect(unnamedId('c', 'j1', '0f'.repeat(32))).toBe('ceq2x4kpclwz3m');
});
