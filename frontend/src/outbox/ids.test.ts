import { expect, it } from 'vitest';
import { derivedId, postedIdeaId, unnamedIdeaId } from './ids';

/** Made by server/jam/ids.py. */
it.each([
  [['i', 'p1', 'a'], 'isoqyyxtzhmhxi'],
  [['c', 'pabc', '6a0e3b5e-90c7-4a52-9d0f-0d6f6a3c8b11'], 'caehttb7i3pkfs'],
  [['i', 'נועה', 'x'.repeat(200)], 'i76u3bpalbn6ta'],
] as [string[], string][])('names what %j makes as the server does', ([prefix, ...parts], id) => {
  expect(derivedId(prefix as string, ...parts)).toBe(id);
});

it('names an idea of a jam as the server does', () => {
  expect(postedIdeaId('pnoa', 'jhale', '6a0e3b5e-90c7-4a52-9d0f-0d6f6a3c8b11')).toBe('iafy7gr5x5nx4c');
});

it('names an idea without a name as the server does', () => {
  expect(unnamedIdeaId('j1', '0f'.repeat(32))).toBe('ieq2x4kpclwz3m');
});
