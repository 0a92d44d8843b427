import { readFileSync } from 'node:fs';
import { NoUnusedFragmentsRule, buildSchema, specifiedRules, validate, visit, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { definitionsOf } from '../../scripts/trusted_documents';

const SCHEMA = buildSchema(readFileSync('../schema/schema.graphql', 'utf8'));
const PERSONAL = new Set(['viewerHasSupported', 'viewerHasLiked', 'viewerCanEdit']);

const all = definitionsOf('src');

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
