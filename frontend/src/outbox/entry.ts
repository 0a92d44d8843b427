/** A refusal of the server as it was answered; `graphql/rejections` knows what else stands in it. */
export interface Refusal {
  __typename: string;
  code: string;
  message: string;
  [field: string]: unknown;
}

/**
 * `keeping`: not yet safe on the device. `waiting`: it is, and will be sent. `sending`: it may have reached the server already.
 * `failed`: the server refused it, or could not do it; it stays until its person decides.
 */
export type EntryState = 'keeping' | 'waiting' | 'sending' | 'failed';

/** What it is about, for the list of what waits: a jam's place in addresses and the title of an idea. */
export interface Note {
  slug?: string;
  title?: string;
}

/** A command on its way: kept on the device until the server has answered. */
export interface Entry {
  /** The commandId: the server does it once, however often it is sent. */
  id: string;
  /** The person who did it: nobody else sees it or sends it. */
  owner: string;
  kind: string;
  /** The thing it is about: two commands about one thing are sent one after the other. */
  target: string;
  input: Record<string, any>;
  note: Note;
  state: EntryState;
  /** Its place in the queue of its person. */
  order: number;
  /** How often it was begun to be sent: with none the server has surely never seen it. */
  attempts: number;
  /** The id of the thing that it makes, where that is known before it is made. */
  makes?: string;
  /** By this device's clock: not to be sent before, because the server asked for that. */
  notBefore?: number;
  rejection?: Refusal;
  error?: string;
  at: number;
}

/** What somebody does, before it has a place in the queue. */
export type Deed = Pick<Entry, 'id' | 'owner' | 'kind' | 'target' | 'input' | 'note' | 'at' | 'makes'>;

/** What the waiting entries of a person become: those to write and the ids of those to take away. */
export interface Change {
  put?: readonly Entry[];
  drop?: readonly string[];
}
