import { SvelteMap } from 'svelte/reactivity';
import { hashOf, keepOwn, keepSecret, newProof, ownPosts, proofOf, recoveryCode, secretOf, secretOfCode, secretsOf, type Own, type Proof } from './device';

/** Something posted without a name, as everybody may know it. */
export interface Candidate {
  targetId: string;
  salt: string;
  proofHash: string;
}

/** What the viewer posted without their name, as far as this device knows: nobody else does, the server neither. */
export class Mine {
  #personId: string | null = null;
  #own = new SvelteMap<string, readonly Own[]>();

  /** Begin for a person; without one nothing is anybody's. */
  open(personId: string | null): void {
    if (this.#personId === personId) return;
    this.#personId = personId;
    this.#own.clear();
  }

  /** What this device posted in a jam, oldest first. */
  in(jamId: string): readonly Own[] {
    return this.#own.get(jamId) ?? this.#stored(jamId);
  }

  has(jamId: string, id: string): boolean {
    return this.in(jamId).some((own) => own.id === id);
  }

  /** A proof for a new post. */
  async proof(): Promise<Proof> {
    return newProof(secretOf(this.#person()));
  }

  /** The proof of something posted from here; null for everything else. */
  async proofFor(jamId: string, id: string): Promise<string | null> {
    const own = this.in(jamId).find((one) => one.id === id);
    const secret = own && secretsOf(this.#person())[own.of];
    return own && secret ? proofOf(secret, own.salt) : null;
  }

  /** Keeps that something was posted from here, or with another secret that this device knows. */
  remember(jamId: string, id: string, salt: string, of = 0): void {
    if (!this.#personId || this.has(jamId, id)) return;
    this.#keep(jamId, [...this.in(jamId), { id, salt, of }]);
  }

  forget(jamId: string, id: string): void {
    this.#keep(jamId, this.in(jamId).filter((own) => own.id !== id));
  }

  /** What brings these posts back on another device. */
  async code(): Promise<string> {
    return recoveryCode(secretOf(this.#person()));
  }

  /** Takes the secret of a code in, beside the one that is here; false where it was mistyped. */
  async takeCode(code: string): Promise<boolean> {
    const secret = await secretOfCode(code);
    if (secret) keepSecret(this.#person(), secret);
    return secret !== null;
  }

  /** Those of the candidates that this device's secret posted are remembered; how many there were. */
  async recognize(jamId: string, candidates: readonly Candidate[]): Promise<number> {
    let found = 0;
    for (const [of, secret] of secretsOf(this.#person()).entries()) {
      for (const { targetId, salt, proofHash } of candidates) {
        if ((await hashOf(await proofOf(secret, salt))) !== proofHash) continue;
        found += 1;
        this.remember(jamId, targetId, salt, of);
      }
    }
    return found;
  }

  #person(): string {
    if (!this.#personId) throw new Error('nobody is signed in');
    return this.#personId;
  }

  #stored(jamId: string): readonly Own[] {
    return this.#personId ? ownPosts(this.#personId, jamId) : [];
  }

  #keep(jamId: string, own: readonly Own[]): void {
    this.#own.set(jamId, own);
    keepOwn(this.#person(), jamId, own);
  }
}

export const mine = new Mine();
