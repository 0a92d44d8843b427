import type { TypedDocumentNode } from '@urql/core';
import { textOf } from '../graphql/canonical';
import { trusted } from '../graphql/trusted';
import { database, type Wording } from './database';

/** The commands that the page knows, worded; kept on the device for the service worker, which knows none. */
export class Wordings {
  #known = new Map<string, Wording>();
  #isKeeping = false;

  add(kind: string, document: TypedDocumentNode<any, any>): void {
    this.#known.set(kind, { kind, text: textOf(document), hash: trusted.hashOf(document) });
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    queueMicrotask(() => void this.#keep());
  }

  get(kind: string): Wording | undefined {
    return this.#known.get(kind);
  }

  async #keep(): Promise<void> {
    this.#isKeeping = false;
    try {
      const transaction = (await database()).transaction('wordings', 'readwrite');
      for (const wording of this.#known.values()) void transaction.store.put(wording).catch(() => undefined);
      await transaction.done;
    } catch {
      // Without it the page alone sends.
    }
  }
}
