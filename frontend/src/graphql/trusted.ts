import type { DocumentNode } from 'graphql';
import { hashes } from 'virtual:trusted-documents';
import { operationOf } from './canonical';

const NOT_KNOWN = 'PERSISTED_QUERY_NOT_FOUND';
const NOT_TRUSTED = 'DOCUMENT_NOT_TRUSTED';

/** An error of GraphQL, as far as its code is concerned. */
interface Coded {
  extensions?: { code?: unknown };
}

/**
 * Which of the page's documents a server has ready, so that a hash is all that is sent. A server of another build may not
 * know some: those are sent as text from then on, until the page is loaded again.
 */
export class Trusted {
  #unknown = new Set<string>();

  constructor(private readonly byName: Record<string, string>) {}

  /** The hash to send instead of the text; none where the server would not know it. */
  hashOf(document: DocumentNode): string | undefined {
    const hash = this.byName[operationOf(document)?.name?.value ?? ''];
    return hash && !this.#unknown.has(hash) ? hash : undefined;
  }

  /** What to send instead of the text, as Apollo's and urql's clients do. */
  extensionsOf(document: DocumentNode): { persistedQuery: { version: 1; sha256Hash: string } } | undefined {
    const sha256Hash = this.hashOf(document);
    return sha256Hash ? { persistedQuery: { version: 1, sha256Hash } } : undefined;
  }

  /** Take note of a refused hash: true when the same is to be sent once more, as text. Nothing was carried out then. */
  isNotKnown(document: DocumentNode, errors: readonly Coded[]): boolean {
    const hash = this.hashOf(document);
    if (!hash || !hasCode(errors, NOT_KNOWN)) return false;
    this.#unknown.add(hash);
    return true;
  }
}

/** Whether a server that runs its own page's documents only has refused one of this page: the page is an older one. */
export function isOutdated(errors: readonly Coded[]): boolean {
  return hasCode(errors, NOT_TRUSTED);
}

function hasCode(errors: readonly Coded[], code: string): boolean {
  return errors.some((error) => error.extensions?.code === code);
}

export const trusted = new Trusted(hashes);
