import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NoUnusedFragmentsRule, buildSchema, parse, specifiedRules, validate, visit, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';

const SCHEMA = buildSchema(readFileSync('../schema/schema.graphql', 'utf8'));
const PERSONAL = new Set(['viewerHasSupported', 'viewerHasLiked', 'viewerCanEdit']);

/** Every document of the front end, from `graphql(` to the closing backtick, in .ts and .svelte files alike. */
function documents(): DocumentNode {
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.(ts|svelte)$/.test(name) && !/\.test\.ts$|schema-types|paraglide/.test(name));
  const sources = files.map((name) => readFileSync(join('src', name), 'utf8'));
  return parse(sources.flatMap((source) => [...source.matchAll(/\bgraphql\(\s*`([^`]*)`/g)].map((match) => match[1])).join('\n'));
}

const all = documents();

describe('the documents of the front end', () => {
  it('are there', () => {
    expect(all.definitions.length).toBeGreaterThan(10);
  });

  it('fit the schema, each name once', () => {
    const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);
    expect(validate(SCHEMA, all, rules).map((error) => error.message)).toEqual([]);
  });

  it('select nothing personal where answers are shared between people', () => {
    expect(personalFieldsOf(all)).toEqual([]);
  });
});

/** Personal fields may only stand in operations whose name begins with "My". */
function personalFieldsOf(document: DocumentNode): string[] {
  return document.definitions.flatMap((definition) => {
    const name = 'name' in definition ? (definition.name?.value ?? '') : '';
    const found: string[] = [];
    visit(definition, { Field: (field) => void (PERSONAL.has(field.name.value) && found.push(`${name}.${field.name.value}`)) });
    return name.startsWith('My') ? [] : found;
  });
}
