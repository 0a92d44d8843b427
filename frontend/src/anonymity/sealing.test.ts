import { describe, expect, it } from 'vitest';
import { fingerprintOf, fromBase64url, KeyTrouble, makeKey, privateKeyOf, readKeyFile, text, toBase64url, unlock, unseal } from './sealing';
import kept from './sealed_by_server.json';

const publicKey = fromBase64url(kept.publicKey);
const privateKey = () => privateKeyOf(fromBase64url(kept.privateKey));

describe('a seal of the server', () => {
  it('names the person to the holder of the key', async () => {
    expect(await unseal(kept.sealed, await privateKey(), publicKey, kept.jam, kept.target)).toBe(kept.person);
    expect(await fingerprintOf(publicKey)).toBe(kept.fingerprint);
  });

  it.each([
    ['another jam', kept.sealed, 'j2', kept.target],
    ['another idea', kept.sealed, kept.jam, 'i2'],
    ['a damaged seal', `${kept.sealed.slice(0, -3)}AAA`, kept.jam, kept.target],
    ['no seal', 'AAAA', kept.jam, kept.target],
    ['no base64', '***', kept.jam, kept.target],
  ])('tells nothing of %s', async (_, sealed, jam, target) => {
    await expect(unseal(sealed, await privateKey(), publicKey, jam, target)).rejects.toThrow(KeyTrouble);
  });
});

describe('a key file', () => {
  it('opens with its passphrase only, and never holds the private key in the clear', async () => {
    const file = await makeKey('j1', 'a long passphrase');
    const again = readKeyFile(JSON.stringify(file));
    expect(again).toEqual(file);
    expect((await unlock(again, 'a long passphrase')).type).toBe('private');
    await expect(unlock(again, 'a wrong passphrase')).rejects.toThrow('wrong-passphrase');
    expect(file.fingerprint).toBe(await fingerprintOf(fromBase64url(file.publicKey)));
    expect(toBase64url(fromBase64url(file.encrypted))).toBe(file.encrypted);
  });

  it.each(['', '{}', 'no json', '{"kind":"hothouse-audit-key","version":2}', '{"kind":"hothouse-audit-key","version":1}'])('is not %s', (words) => {
    expect(() => readKeyFile(words)).toThrow('no-key-file');
  });
});

it('writes bytes in base64url and back', () => {
  const bytes = text('\0ÿ~ anything');
  expect([...fromBase64url(toBase64url(bytes))]).toEqual([...bytes]);
});
