/**
 * What makes an anonymous post one's own: a secret that only this device keeps. From it and a public salt comes the proof that
 * edits one post; two proofs have nothing in common for whoever has not the secret. The server keeps the hash of a proof.
 */
import { fromBase64url, sha256, text, toBase64url, toHex, type Bytes } from './sealing';

const PURPOSE = 'hothouse post 1\0';
const SECRET = 32;
const SALT = 16;
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHECK = 2;

export interface Proof {
  salt: string;
  proof: string;
}

/** Something that was posted with the secret at the place `of` among those of this device. */
export interface Own {
  id: string;
  salt: string;
  of: number;
}

const secretPlace = (personId: string): string => `hothouse.unnamed.${personId}`;
const ownPlace = (personId: string, jamId: string): string => `hothouse.unnamed.${personId}.${jamId}`;

/** The secret with which a person posts on this device, made when it is first needed. */
export function secretOf(personId: string): Bytes {
  return secretsOf(personId)[0] ?? keepSecret(personId, crypto.getRandomValues(new Uint8Array(SECRET)));
}

/** All secrets of a person on this device: the one they post with, then those that came by recovery codes. */
export function secretsOf(personId: string): Bytes[] {
  return (localStorage.getItem(secretPlace(personId)) ?? '').split(' ').flatMap(readSecret);
}

/** Adds a secret after those that are there, and returns it. */
export function keepSecret(personId: string, secret: Bytes): Bytes {
  const all = [...new Set([...secretsOf(personId), secret].map(toBase64url))];
  localStorage.setItem(secretPlace(personId), all.join(' '));
  return secret;
}

function readSecret(encoded: string): Bytes[] {
  try {
    const secret = fromBase64url(encoded);
    return secret.length === SECRET ? [secret] : [];
  } catch {
    return [];
  }
}

/** A proof for a new post. */
export async function newProof(secret: Bytes): Promise<Proof> {
  const salt = toBase64url(crypto.getRandomValues(new Uint8Array(SALT)));
  return { salt, proof: await proofOf(secret, salt) };
}

/** HMAC-SHA256 over the salt, keyed by the secret. */
export async function proofOf(secret: Bytes, salt: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const message = new Uint8Array([...text(PURPOSE), ...fromBase64url(salt)]);
  return toBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, message)));
}

/** What the journal keeps of a proof. */
export async function hashOf(proof: string): Promise<string> {
  return toHex(await sha256(text(proof)));
}

/** What this device posted in a jam, oldest first. */
export function ownPosts(personId: string, jamId: string): Own[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(ownPlace(personId, jamId)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is Own => typeof one?.id === 'string' && typeof one?.salt === 'string' && typeof one.of === 'number') : [];
  } catch {
    return [];
  }
}

export function keepOwn(personId: string, jamId: string, own: readonly Own[]): void {
  localStorage.setItem(ownPlace(personId, jamId), JSON.stringify(own));
}

/** The secret as people write it down: groups of four letters and digits without I, L, O and U, the last four a check. */
export async function recoveryCode(secret: Bytes): Promise<string> {
  const bytes = new Uint8Array([...secret, ...(await sha256(secret)).slice(0, CHECK)]);
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const letters = (bits.match(/.{1,5}/g) ?? []).map((group) => LETTERS[parseInt(group.padEnd(5, '0'), 2)]);
  return (letters.join('').match(/.{1,4}/g) ?? []).join('-');
}

/** The secret of a recovery code as somebody types it; null where it was mistyped. */
export async function secretOfCode(code: string): Promise<Bytes | null> {
  const letters = code.toUpperCase().replace(/[\s\p{Pd}]/gu, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const places = Array.from(letters, (letter) => LETTERS.indexOf(letter));
  if (places.includes(-1) || places.length !== Math.ceil((8 * (SECRET + CHECK)) / 5)) return null;
  const bits = places.map((place) => place.toString(2).padStart(5, '0')).join('');
  const bytes = Uint8Array.from({ length: SECRET + CHECK }, (_, at) => parseInt(bits.slice(8 * at, 8 * at + 8), 2));
  const secret = bytes.slice(0, SECRET);
  const check = (await sha256(secret)).slice(0, CHECK);
  return check.every((byte, at) => byte === bytes[SECRET + at]) ? secret : null;
}
