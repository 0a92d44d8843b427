import { createHash } from 'node:crypto';
import { parse, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { operationsOf } from '../../scripts/trusted_documents';
import { ConsoleQuery, ModerationChanges } from '../areas/console/documents';
import { operationOf, textOf } from './canonical';
import { isOutdated, Trusted } from './trusted';

const operations = new Map(operationsOf('src').map((operation) => [operation.name, operation]));
const refused = (code: string) => [{ extensions: { code } }];

describe('the text of a document', () => {
  it('does not depend on the order of its fragments, and has the operation first', () => {
    const [a, b, query] = ['fragment A on Jam { id }', 'fragment B on Jam { ...A seq }', 'query Q { jam { ...B } }'];
    expect(textOf(parse(`${a} ${b} ${query}`))).toBe(textOf(parse(`${query} ${b} ${a}`)));
    expect(textOf(parse(`${b} ${query} ${a}`))).toMatch(/^query Q[^]*fragment A[^]*fragment B/);
  });

  it('is the same in the build as on the page, whose fragments come from several files', () => {
    for (const document of [ConsoleQuery, ModerationChanges] as unknown as DocumentNode[]) {
      const built = operations.get(operationOf(document)?.name?.value ?? '');
      expect(built?.body).toBe(textOf(document));
      expect(built?.id).toBe(createHash('sha256').update(textOf(document)).digest('hex'));
    }
  });
});

describe('the build', () => {
  it('finds queries, mutations and subscriptions, also those that a component keeps to itself', () => {
    expect([operations.get('JamHead')?.type, operations.get('SupportIdea')?.type, operations.get('JamChanges')?.type]).toEqual([
      'query',
      'mutation',
      'subscription',
    ]);
  });
});

describe('what is sent', () => {
  const document = parse('query Known { serverTime }');

  it('is the hash of a document of the build, and the text of any other', () => {
    const trusted = new Trusted({ Known: 'abc' });
    expect([trusted.hashOf(document), trusted.hashOf(parse('query Other { serverTime }')), trusted.hashOf(parse('{ serverTime }'))]).toEqual([
      'abc',
      undefined,
      undefined,
    ]);
  });

  it('is the text from then on where the server does not know the hash', () => {
    const trusted = new Trusted({ Known: 'abc' });
    expect(trusted.isNotKnown(document, refused('NOT_FOUND'))).toBe(false);
    expect(trusted.extensionsOf(document)).toEqual({ persistedQuery: { version: 1, sha256Hash: 'abc' } });
    expect(trusted.isNotKnown(document, refused('PERSISTED_QUERY_NOT_FOUND'))).toBe(true);
    expect([trusted.hashOf(document), trusted.extensionsOf(document)]).toEqual([undefined, undefined]);
    expect(trusted.isNotKnown(document, refused('PERSISTED_QUERY_NOT_FOUND'))).toBe(false);
  });

  it('says of a page that is not trusted any more that it is outdated', () => {
    expect([isOutdated(refused('DOCUMENT_NOT_TRUSTED')), isOutdated(refused('PERSISTED_QUERY_NOT_FOUND')), isOutdated([])]).toEqual([true, false, false]);
  });
});
