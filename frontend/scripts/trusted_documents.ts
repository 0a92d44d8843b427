import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type DocumentNode } from 'graphql';
import type { Plugin } from 'vite';
import { operationOf, operationsIn, textOf } from '../src/graphql/canonical.ts';

/** One operation of the page, as in the manifests of Apollo's tools. */
export interface Operation {
  id: string;
  name: string;
  type: string;
  body: string;
}

const MODULE = 'virtual:trusted-documents';
const FILE = 'documents.json';

/** Every definition of the front end, from `graphql(` to the closing backtick, in .ts and .svelte files alike. */
export function definitionsOf(folder: string): DocumentNode {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => /\.(ts|svelte)$/.test(name) && !/\.test\.ts$|schema-types|paraglide/.test(name));
  const sources = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  return parse(sources.flatMap((source) => [...source.matchAll(/\bgraphql\(\s*`([^`]*)`/g)].map((match) => match[1])).join('\n'));
}

/** The page's operations with the SHA-256 of their text, by name. */
export function operationsOf(folder: string): Operation[] {
  const operations = operationsIn(definitionsOf(folder)).map(described);
  const names = new Set(operations.map(({ name }) => name));
  if (names.size < operations.length) throw new Error('Two operations of the page have the same name, or one has none.');
  return operations.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function described(document: DocumentNode): Operation {
  const body = textOf(document);
  const operation = operationOf(document);
  const id = createHash('sha256').update(body, 'utf8').digest('hex');
  return { id, name: operation?.name?.value ?? '', type: operation?.operation ?? '', body };
}

/**
 * Writes all operations to dist/documents.json, where the server reads which ones to trust, and gives the page their hashes.
 * While developing and in tests the page has none and sends texts: the server's build is another one then.
 */
export function trustedDocuments(): Plugin {
  let operations: Operation[] = [];
  return {
    name: 'hothouse-trusted-documents',
    config: (_config, { command, mode }) => {
      if (command === 'build' && mode !== 'test') operations = operationsOf('src');
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      return `export const hashes = ${JSON.stringify(Object.fromEntries(operations.map(({ name, id }) => [name, id])))};`;
    },
    generateBundle() {
      if (operations.length === 0) return;
      const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations };
      this.emitFile({ type: 'asset', fileName: FILE, source: `${JSON.stringify(manifest, null, 1)}\n` });
    },
  };
}
