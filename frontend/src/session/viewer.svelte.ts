import { mine } from '../anonymity/mine.svelte';
import { graphql, type ResultOf } from '../graphql/graphql';
import { query } from '../graphql/client';
import { isUnreachable } from '../graphql/failures';
import { signedOut } from '../graphql/signed_out';
import { forgetBoards } from '../outbox/boards';
import { keepFact, keptFact } from '../outbox/database';
import { outbox } from '../outbox/outbox.svelte';
import { m } from '../paraglide/messages';
import { toasts } from '../ui/toasts.svelte';
import { forgetPushes } from '../push/forget';
import { leaveGate } from './leave_gate.svelte';
import { network } from './online.svelte';

const ViewerQuery = graphql(`
  query Viewer {
    serverTime
    viewer {
      id
      name
      email
      language
      country
      canCreateJam
      memberships { role relation joinedAt jam { id slug } }
    }
  }
`);

export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>['viewer']>;

const AGAIN_MS = 4_000;

/** Who is signed in. `undefined` until the server has told, `null` for nobody. */
class Session {
  #viewer: Viewer | null | undefined = $state.raw(undefined);
  #error: unknown = $state.raw(null);
  #isRecalled = $state(false);
  #leftBehind = $state(0);

  get viewer(): Viewer | null | undefined {
    return this.#viewer;
  }

  /** Why the server could not be asked, if so. */
  get error(): unknown {
    return this.#error;
  }

  /** How much waits here of whoever was signed in until their session ended: it is sent when they sign in again. */
  get leftBehind(): number {
    return this.#leftBehind;
  }

  /** Ask the server anew: at the start, after signing in, after joining a jam. Without it, who was here last is still here. */
  async load(): Promise<void> {
    try {
      const { viewer } = await query(ViewerQuery, {});
      this.#isRecalled = false;
      this.#error = null;
      this.take(viewer);
    } catch (error) {
      if (this.#viewer === undefined && isUnreachable(error)) await this.#recall();
      if (this.#viewer === undefined) this.#error = error;
      if (this.#isRecalled) void this.#loadLater();
    }
  }

  /** Take what a mutation answered. */
  take(viewer: Viewer | null): void {
    this.#begin(viewer);
    void forgetBoards(viewer?.id);
    void keepFact('viewer', viewer && $state.snapshot(viewer));
    if (viewer) void keepFact('person', viewer.id);
    else void this.#lookBehind();
  }

  /** Sign out. What waits to be sent is kept or given up, as its person decides; false where they stay. */
  async leave(): Promise<boolean> {
    const leaving = outbox.entries.length > 0 ? await leaveGate.ask() : 'keep';
    if (leaving === 'stay') return false;
    try {
      await fetch('/auth/leave', { method: 'POST', headers: { 'X-Hothouse': '1' }, credentials: 'same-origin' });
    } catch {
      toasts.fail(m.wait_leave_offline());
      return false;
    }
    if (leaving === 'discard') await outbox.dropAll();
    await keepFact('person', null);
    await forgetPushes();
    this.take(null);
    return true;
  }

  #begin(viewer: Viewer | null): void {
    this.#viewer = viewer;
    this.#leftBehind = 0;
    mine.open(viewer?.id ?? null);
    if (viewer) void outbox.open(viewer.id);
    else outbox.close();
  }

  async #recall(): Promise<void> {
    const viewer = await keptFact<Viewer>('viewer');
    if (!viewer || this.#viewer !== undefined) return;
    this.#isRecalled = true;
    this.#begin(viewer);
  }

  async #loadLater(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * (0.75 + 0.5 * Math.random())));
    await network.whenOnline();
    if (this.#isRecalled) await this.load();
  }

  async #lookBehind(): Promise<void> {
    const personId = await keptFact<string>('person');
    const count = personId ? await outbox.countOf(personId) : 0;
    if (this.#viewer === null) this.#leftBehind = count;
  }
}

export const session = new Session();

signedOut.listen(() => {
  if (session.viewer) void session.load();
});
