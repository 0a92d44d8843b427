import type { DocumentNode } from 'graphql';
import { createClient, type SubscribePayload } from 'graphql-ws';
import type { TypedDocumentNode } from '@urql/core';
import { textOf } from './canonical';
import { overloaded } from './overloaded';
import { signedOut } from './signed_out';
import { trusted } from './trusted';
import { network } from '../session/online.svelte';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

const PONG_WITHIN_MS = 8_000;

/** Whether the one socket is open. Reading `isLive` in a component makes it follow. */
class Connection {
  #isLive = $state(false);
  #opened = 0;
  #pongTimer: ReturnType<typeof setTimeout> | undefined;

  /** All subscriptions share it; reconnecting is done below, because each time it starts from a newer number. */
  readonly socket = createClient({
    url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    retryAttempts: 0,
    lazyCloseTimeout: 2_000,
    keepAlive: 20_000,
    // The server splices the operation's id into a frame it shares: all of ours have the same length.
    generateID: () => crypto.randomUUID(),
    on: {
      connected: () => this.#open(),
      closed: () => this.#close(),
      ping: (received) => this.#expectPong(received),
      pong: (received, payload) => {
        clearTimeout(this.#pongTimer);
        if (received) overloaded.hear(payload);
      },
    },
  });

  get isLive(): boolean {
    return this.#isLive;
  }

  /** How often it was opened so far. */
  get opened(): number {
    return this.#opened;
  }

  #open(): void {
    this.#opened += 1;
    this.#isLive = true;
  }

  #close(): void {
    clearTimeout(this.#pongTimer);
    this.#isLive = false;
  }

  /** A phone that changed networks keeps a dead socket open: without a pong it is given up. */
  #expectPong(received: boolean): void {
    if (received) return;
    this.#pongTimer = setTimeout(() => this.socket.terminate(), PONG_WITHIN_MS);
  }
}

export const connection = new Connection();

/** A subscription that comes back by itself until it is stopped. */
export interface Live {
  stop(): void;
}

class Subscription<Data, Variables extends Record<string, unknown>> implements Live {
  #stopped = false;
  #dispose: () => void = () => undefined;

  constructor(
    private readonly document: TypedDocumentNode<Data, Variables>,
    private readonly variables: () => Variables,
    private readonly onData: (data: Data) => void,
  ) {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#dispose();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopped; ) {
      const before = connection.opened;
      if (await this.#once()) continue;
      failures = connection.opened > before ? 1 : failures + 1;
      if (!this.#stopped) await pause(failures);
    }
  }

  /** One life of the subscription: settles when it ended, whatever the reason; true where it is to begin anew at once. */
  #once(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#dispose = connection.socket.subscribe<Data>(payloadOf(this.document as DocumentNode, this.variables()), {
        next: (result) => this.#receive(result.data),
        error: (reason) => {
          if (isUnauthorized(reason)) signedOut.tell();
          resolve(Array.isArray(reason) && trusted.isNotKnown(this.document as DocumentNode, reason));
        },
        complete: () => resolve(false),
      });
    });
  }

  #receive(data: Data | null | undefined): void {
    if (data && !this.#stopped) this.onData(data);
  }
}

/** By hash where the server should know it, else by text. graphql-ws requires a `query`: beside a hash it is empty. */
function payloadOf(document: DocumentNode, variables: Record<string, unknown>): SubscribePayload {
  const extensions = trusted.extensionsOf(document);
  return extensions ? { query: '', extensions, variables } : { query: textOf(document), variables };
}

/** The socket was closed because the session ended, or it was opened after that: then nobody is signed in on it. */
function isUnauthorized(reason: unknown): boolean {
  if (Array.isArray(reason)) return reason.some((error) => error?.extensions?.code === 'SIGN_IN_REQUIRED');
  const code = (reason as { code?: unknown } | null)?.code;
  return code === 4401 || code === 4403;
}

async function pause(failures: number): Promise<void> {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 8));
  await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
  await network.whenOnline();
}

/** Subscribe until stopped. `variables` is asked anew at each connection: give it the newest number seen. */
export function subscribe<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables,
  onData: (data: Data) => void,
): Live {
  return new Subscription(document, variables, onData);
}
