import type { Rejection } from '../graphql/rejections';
import { network } from '../session/online.svelte';
import { termsGate } from '../session/terms_gate.svelte';
import type { Entry } from './entry';
import { outbox } from './outbox.svelte';

/** Where something stands when its person can go on: done, refused, or kept on the device until it can be sent. */
export type Outcome = { is: 'done'; value: any } | { is: 'failed'; id: string; rejection: Rejection | null } | { is: 'waiting' };

const PATIENCE_MS = 4_000;
const LOOK_EVERY_MS = 60;

/** Wait a little for an answer. Once it is safe on the device nothing can be lost, so nobody need wait long; without a network, not at all. */
export async function outcomeOf({ id }: Entry): Promise<Outcome> {
  let until = Date.now() + PATIENCE_MS;
  let done: Outcome | null = null;
  const stop = outbox.onDone((entry, value) => entry.id === id && (done = { is: 'done', value }));
  try {
    for (;;) {
      if (done) return done;
      const entry = outbox.find(id);
      if (entry?.state === 'failed') return { is: 'failed', id, rejection: (entry.rejection as Rejection | undefined) ?? null };
      const isSafe = entry?.state !== 'keeping';
      // Whoever reads the terms takes their time: what they wrote stays before them until they have decided.
      if (termsGate.asked) until = Date.now() + PATIENCE_MS;
      if (isSafe && (!network.isOnline || Date.now() > until)) return { is: 'waiting' };
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } finally {
    stop();
  }
}
