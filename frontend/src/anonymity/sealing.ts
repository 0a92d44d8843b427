/**
 * What a browser has of sealed authors: it makes audit keys and opens seals. The server makes the seals (server/sealing.py, which
 * says what the scheme is); the two are tested with the same file, sealed_by_server.json.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const INFO = text('hothouse author seal 1');
const VERSION = 1;
const POINT = 65;
const PADDED = 64;
const TAG = 16;
const KEY = 32;
const NONCE = 12;
const ROUNDS = 600_000;

/** An audit key as the organizer keeps it: the private half is encrypted with the passphrase. */
export interface KeyFile {
  kind: 'hothouse-audit-key';
  version: 1;
  jam: string;
  fingerprint: string;
  publicKey: string;
  salt: string;
  nonce: string;
  rounds: number;
  encrypted: string;
}

/** Why a file or a passphrase opens nothing. */
export class KeyTrouble extends Error {
  constructor(readonly why: 'no-key-file' | 'wrong-passphrase' | 'other-key' | 'damaged') {
    super(why);
  }
}

export function text(words: string): Bytes {
  return new TextEncoder().encode(words) as Bytes;
}

export function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Throws for what is no base64url. */
export function fromBase64url(encoded: string): Bytes {
  return Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What people compare: the first half of the public key's SHA-256. */
export async function fingerprintOf(publicKey: Bytes): Promise<string> {
  return toHex(await sha256(publicKey)).slice(0, 32);
}

/** A new audit key for a jam: its public half, and the file with its private half under a passphrase. */
export async function makeKey(jam: string, passphrase: string): Promise<KeyFile> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const wrapping = await wrappingKey(passphrase, salt, ROUNDS);
  const encrypted = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, wrapping, privateKey));
  return {
    kind: 'hothouse-audit-key',
    version: 1,
    jam,
    fingerprint: await fingerprintOf(publicKey),
    publicKey: toBase64url(publicKey),
    salt: toBase64url(salt),
    nonce: toBase64url(nonce),
    rounds: ROUNDS,
    encrypted: toBase64url(encrypted),
  };
}

/** The file from its text. Throws `KeyTrouble` for anything else. */
export function readKeyFile(words: string): KeyFile {
  try {
    const file = JSON.parse(words) as KeyFile;
    if (file.kind === 'hothouse-audit-key' && file.version === 1 && [file.salt, file.nonce, file.encrypted, file.publicKey].every((part) => typeof part === 'string')) return file;
  } catch {
    // It is told below, as every other file that is none of ours.
  }
  throw new KeyTrouble('no-key-file');
}

/** The private key of a file. Throws `KeyTrouble` for a wrong passphrase. */
export async function unlock(file: KeyFile, passphrase: string): Promise<CryptoKey> {
  try {
    const wrapping = await wrappingKey(passphrase, fromBase64url(file.salt), Math.min(file.rounds, 10 * ROUNDS));
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64url(file.nonce) }, wrapping, fromBase64url(file.encrypted));
    return await privateKeyOf(new Uint8Array(opened));
  } catch {
    throw new KeyTrouble('wrong-passphrase');
  }
}

export function privateKeyOf(pkcs8: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', pkcs8, CURVE, false, ['deriveBits']);
}

/** The id of the person whom a seal names. Throws `KeyTrouble` for a seal of something else or to another key. */
export async function unseal(sealed: string, privateKey: CryptoKey, publicKey: Bytes, jam: string, target: string): Promise<string> {
  try {
    const raw = fromBase64url(sealed);
    if (raw[0] !== VERSION || raw.length !== 1 + POINT + PADDED + TAG) throw new KeyTrouble('damaged');
    const ephemeral = raw.slice(1, 1 + POINT);
    const { key, nonce } = await secretsOf(privateKey, ephemeral, publicKey);
    const additionalData = text(`${jam}\0${target}`);
    const plain = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData }, key, raw.slice(1 + POINT)));
    return new TextDecoder('utf-8', { fatal: true }).decode(plain.slice(1, 1 + (plain[0] ?? 0)));
  } catch (error) {
    throw error instanceof KeyTrouble ? error : new KeyTrouble('other-key');
  }
}

async function secretsOf(privateKey: CryptoKey, ephemeral: Bytes, publicKey: Bytes): Promise<{ key: CryptoKey; nonce: Bytes }> {
  const theirs = await crypto.subtle.importKey('raw', ephemeral, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, privateKey, 8 * KEY);
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits']);
  const salt = new Uint8Array([...ephemeral, ...publicKey]);
  const bits = new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: INFO }, material, 8 * (KEY + NONCE)));
  const key = await crypto.subtle.importKey('raw', bits.slice(0, KEY), 'AES-GCM', false, ['decrypt']);
  return { key, nonce: bits.slice(KEY) };
}

/** PBKDF2 with SHA-256, as often as OWASP advises for it. */
async function wrappingKey(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', text(passphrase.normalize('NFC')), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
