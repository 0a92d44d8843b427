import { mine } from '../anonymity/mine.svelte';
import { graphql, type ResultOf } from '../graphql/graphql';
import { query } from '../graphql/client';
import { signedOut } from '../graphql/signed_out';
import { outbox } from '../live/outbox.svelte';

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

/** Who is signed in. `undefined` until the server has told, `null` for nobody. */
class Session {
  #viewer: Viewer | null | undefined = $state.raw(undefined);
  #error: unknown = $state.raw(null);

  get viewer(): Viewer | null | undefined {
    return this.#viewer;
  }

  /** Why the server could not be asked, if so. */
  get error(): unknown {
    return this.#error;
  }

  /** Ask the server anew: at the start, after signing in, after joining a jam. */
  async load(): Promise<void> {
    try {
      this.take((await query(ViewerQuery, {})).viewer);
      this.#error = null;
    } catch (error) {
      this.#error = error;
    }
  }

  /** Take what a mutation answered. */
  take(viewer: Viewer | null): void {
    this.#viewer = viewer;
    mine.open(viewer?.id ?? null);
    if (viewer) outbox.open(viewer.id);
    else outbox.close();
  }

  async leave(): Promise<void> {
    await fetch('/auth/leave', { method: 'POST', headers: { 'X-Hothouse': '1' }, credentials: 'same-origin' });
    this.take(null);
  }
}

export const session = new Session();

signedOut.listen(() => {
  if (session.viewer) void session.load();
});
