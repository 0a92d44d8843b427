import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { network } from '../session/online.svelte';
import { termsGate } from '../session/terms_gate.svelte';
import { mutate } from './client';
import { RequestFailed } from './failures';
import { isRejection, type Rejection } from './rejections';

/** What became of a command: done with its result, or refused with nothing changed. */
export type Outcome<Success> = { ok: true; value: Success } | { ok: false; rejection: Rejection };

export type SuccessOf<Data> = Exclude<Data[keyof Data], Rejection | null | undefined>;

interface Options {
  /** How often to try before giving up with `RequestFailed`; by default it never gives up. */
  attempts?: number;
  /** Told before each wait for another attempt. */
  onWait?: () => void;
  /** False for the acceptance itself: a refusal because of the terms is answered, and nobody is asked. */
  asksTerms?: boolean;
}

const FIRST_WAIT_MS = 600;
const LONGEST_WAIT_MS = 15_000;

/**
 * Send a command: a mutation with one field, whose `input` carries a `commandId` made here unless given.
 * Where the network or the store fails it is sent again under the same id, so that it happens exactly once. Where the terms are to be
 * accepted first, they are shown, and the command goes on when they are.
 */
export async function send<Data extends Record<string, any>, Input extends object>(
  document: TypedDocumentNode<Data, { input: Input & { commandId: string } } & AnyVariables>,
  input: Omit<Input, 'commandId'> & { commandId?: string },
  options: Options = {},
): Promise<Outcome<SuccessOf<Data>>> {
  const variables = { input: { commandId: crypto.randomUUID(), ...input } } as any;
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptOnce(document, variables);
    if (result.outcome && options.asksTerms !== false && (await acceptsTerms(result.outcome))) continue;
    if (result.outcome) return result.outcome as Outcome<SuccessOf<Data>>;
    if (attempt >= (options.attempts ?? Infinity)) throw new RequestFailed('network', 'No answer came back.');
    options.onWait?.();
    await pause(result.waitMs ?? waitBefore(attempt));
  }
}

interface Attempt {
  outcome?: Outcome<unknown>;
  waitMs?: number;
}

async function attemptOnce(document: TypedDocumentNode<any, any>, variables: AnyVariables): Promise<Attempt> {
  try {
    const data = await mutate(document, variables);
    return judge(Object.values(data).find((value) => value && typeof value === 'object') as object);
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.kind === 'server' || error.kind === 'outdated') throw error;
    return error.retryAfterSeconds ? { waitMs: error.retryAfterSeconds * 1000 } : {};
  }
}

function judge(result: object): Attempt {
  if (!isRejection(result)) return { outcome: { ok: true, value: result } };
  if (result.__typename === 'Unavailable') return { waitMs: Math.max(300, result.retryAfterSeconds * 1000) };
  return { outcome: { ok: false, rejection: result } };
}

/** Whether it was refused because of the terms only, and they are accepted now. */
async function acceptsTerms(outcome: Outcome<unknown>): Promise<boolean> {
  if (outcome.ok || outcome.rejection.__typename !== 'TermsNotAccepted') return false;
  const { jamId, version } = outcome.rejection;
  return termsGate.ask({ jamId, version });
}

/** Doubling waits with jitter, so that a crowd that lost the server does not come back all at once. */
function waitBefore(attempt: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return wait * (0.6 + 0.4 * Math.random());
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  await network.whenOnline();
}
