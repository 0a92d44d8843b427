/** Random legal selections over the committed schema, and what an answer to one must look like. */
import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isAbstractType, isLeafType, isListType, isNonNullType, isRequiredArgument } from 'graphql';

export const schema = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));

/** A small generator of numbers that gives the same ones for the same seed (mulberry32). */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const UNSTEADY = new Set(['serverTime', 'hereCount', 'here']);
const MOST_FIELDS = 5;

/** A selection of a type: fields in any order, aliases, inline fragments, lists kept short. */
export function selection(kind, random, depth = 3) {
  const fields = Object.values(kind.getFields()).filter((field) => !UNSTEADY.has(field.name) && canAsk(field, depth));
  const chosen = fields.map((field) => [random(), field]).sort(([a], [b]) => a - b).slice(0, 1 + Math.floor(random() * MOST_FIELDS));
  const parts = chosen.map(([, field], place) => one(field, random, depth, place));
  const text = ['__typename', ...parts].join(' ');
  return random() < 0.3 ? `__typename ... on ${kind.name} { ${text} }` : text;
}

function canAsk(field, depth) {
  const inner = getNamedType(field.type);
  return !field.args.some(isRequiredArgument) && (isLeafType(inner) || (depth > 0 && !isAbstractType(inner)));
}

function one(field, random, depth, place) {
  const inner = getNamedType(field.type);
  const given = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : '';
  const alias = random() < 0.3 ? `a${place}: ` : '';
  const directive = random() < 0.2 ? ' @include(if: true)' : '';
  return `${alias}${field.name}${given}${directive}${isLeafType(inner) ? '' : ` { ${selection(inner, random, depth - 1)} }`}`;
}

/** Throws where an answer is not what its type says: a missing field, null where there may be none, a list that is none. */
export function checkShape(type, value, node, path = '') {
  if (isNonNullType(type)) {
    if (value === null || value === undefined) throw new Error(`${path} must not be null`);
    return checkShape(type.ofType, value, node, path);
  }
  if (value === null) return undefined;
  if (value === undefined) throw new Error(`${path} is missing`);
  if (isListType(type)) {
    if (!Array.isArray(value)) throw new Error(`${path} is no list`);
    return value.forEach((item, place) => checkShape(type.ofType, item, node, `${path}[${place}]`));
  }
  if (isLeafType(type)) return undefined;
  for (const each of node.selectionSet.selections) checkSelection(type, value, each, path);
  return undefined;
}

function checkSelection(type, value, node, path) {
  if (node.kind === 'InlineFragment') {
    node.selectionSet.selections.forEach((each) => checkSelection(type, value, each, path));
    return;
  }
  const name = node.alias?.value ?? node.name.value;
  if (node.name.value === '__typename') {
    if (value[name] !== type.name) throw new Error(`${path}.__typename is ${value[name]}, not ${type.name}`);
    return;
  }
  checkShape(type.getFields()[node.name.value].type, value[name], node, `${path}.${name}`);
}
