import type { Relation } from '../../graphql/graphql';
import type { Columns } from './documents';

/** Someone in the picture. `parent` and `children` are places in the list of people; -1 for nobody's. */
export interface Person {
  id: string;
  /** Null where the picture has no name for them yet; empty for who has none any more. */
  name: string | null;
  relation: Relation;
  parent: number;
  children: number[];
  brought: number;
  below: number;
  /** How many of those below are not in the picture, nor below any of the children who are. */
  unseen: number;
  isActive: boolean;
  isSuspended: boolean;
  joinedAt: number;
}

const ACTIVE = 1;
const SUSPENDED = 2;

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) bytes[index] = raw.charCodeAt(index);
  return bytes;
}

const numbers = (text: string): Uint32Array => new Uint32Array(bytesOf(text).buffer);

/** The people of a tree that came in columns, each after whoever brought them. */
export function peopleOf(columns: Columns): Person[] {
  const ids = columns.personIds === '' ? [] : columns.personIds.split(' ');
  const names = columns.names === '' && ids.length !== 1 ? [] : columns.names.split('\n');
  const [parents, brought, below, joined] = [numbers(columns.parents), numbers(columns.brought), numbers(columns.below), numbers(columns.joined)];
  const [relations, marks] = [bytesOf(columns.relations), bytesOf(columns.marks)];
  const people = ids.map((id, index): Person => {
    const mark = marks[index] ?? 0;
    return {
      id,
      name: names[index] ?? null,
      relation: columns.relationCodes[relations[index] ?? 0] as Relation,
      parent: (parents[index] ?? 0) - 1,
      children: [],
      brought: brought[index] ?? 0,
      below: below[index] ?? 0,
      unseen: below[index] ?? 0,
      isActive: (mark & ACTIVE) !== 0,
      isSuspended: (mark & SUSPENDED) !== 0,
      joinedAt: columns.origin + 1000 * (joined[index] ?? 0),
    };
  });
  join(people);
  return people;
}

/** Tells everyone whom they brought; what the picture leaves out stays a number. */
function join(people: readonly Person[]): void {
  for (const [index, person] of people.entries()) {
    const parent = people[person.parent];
    if (!parent) continue;
    parent.children.push(index);
    parent.unseen -= 1 + person.below;
  }
}

/** The places of the inviters of someone in the picture, from the first of all on. */
export function pathTo(people: readonly Person[], index: number): number[] {
  const path: number[] = [];
  for (let at = people[index]?.parent ?? -1; at >= 0; at = people[at]?.parent ?? -1) path.unshift(at);
  return path;
}
