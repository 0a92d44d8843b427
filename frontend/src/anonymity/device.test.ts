import { beforeEach, describe, expect, it } from 'vitest';
import { hashOf, keepOwn, keepSecret, newProof, ownPosts, proofOf, recoveryCode, secretOf, secretOfCode, secretsOf } from './device';
import kept from './sealed_by_server.json';
import { fromBase64url } from './sealing';

beforeEach(() => localStorage.clear());

describe('the secret of a device', () => {
  it('is made once for each person, and stays', () => {
    expect(secretsOf('ann')).toEqual([]);
    const secret = secretOf('ann');
    expect(secretOf('ann')).toEqual(secret);
    expect(secretOf('ben')).not.toEqual(secret);
  });

  it('stays the one to post with when others are taken in', () => {
    const own = secretOf('ann');
    const other = keepSecret('ann', new Uint8Array(32));
    keepSecret('ann', other);
    expect(secretOf('ann')).toEqual(own);
    expect(secretsOf('ann')).toEqual([own, other]);
  });

  it('is made anew where what is kept is none', () => {
    localStorage.setItem('hothouse.unnamed.ann', '***');
    expect(secretOf('ann')).toHaveLength(32);
  });
});

describe('a proof', () => {
  it('is the same for the same salt, and its hash is what the server keeps', async () => {
    const secret = fromBase64url(kept.secret);
    expect(await proofOf(secret, kept.salt)).toBe(kept.proof);
    expect(await hashOf(kept.proof)).toBe(kept.proofHash);
  });

  it('is another for each post', async () => {
    const secret = secretOf('ann');
    const [one, other] = [await newProof(secret), await newProof(secret)];
    expect(one.proof).not.toBe(other.proof);
    expect(one.proof).toMatch(/^[\w-]{43}$/);
    expect(one.salt).toMatch(/^[\w-]{22}$/);
  });
});

describe('a recovery code', () => {
  it('gives the secret back, however it is typed', async () => {
    const secret = secretOf('ann');
    const code = await recoveryCode(secret);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{3}$/);
    expect(await secretOfCode(code)).toEqual(secret);
    expect(await secretOfCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toEqual(secret);
  });

  it('knows a slip', async () => {
    const code = await recoveryCode(secretOf('ann'));
    for (const at of [0, 7, 30]) {
      if (code[at] === '-') continue;
      const slip = code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1);
      expect(await secretOfCode(slip)).toBeNull();
    }
    expect(await secretOfCode('')).toBeNull();
    expect(await secretOfCode(code.slice(0, -1))).toBeNull();
    expect(await secretOfCode(`${code}!`)).toBeNull();
  });
});

describe('what a device posted', () => {
  it('is kept by person and jam', () => {
    keepOwn('ann', 'j1', [{ id: 'i1', salt: 's', of: 0 }]);
    expect(ownPosts('ann', 'j1')).toEqual([{ id: 'i1', salt: 's', of: 0 }]);
    expect(ownPosts('ben', 'j1')).toEqual([]);
    expect(ownPosts('ann', 'j2')).toEqual([]);
    localStorage.setItem('hothouse.unnamed.ann.j1', '{"no":"list"}');
    expect(ownPosts('ann', 'j1')).toEqual([]);
  });
});
