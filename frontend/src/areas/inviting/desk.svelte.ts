import { query } from '../../graphql/client';
import type { LiveJam } from '../../live/live_jam.svelte';
import { InvitingQuery, type Invite, type Inviting } from './documents';

type Kind = Invite['kind'];

/** What the viewer may do about invitations, and the list of them: one's own, or everybody's for organizers. */
export class InvitingDesk {
  inviting: Inviting | null | undefined = $state.raw(undefined);
  error: unknown = $state.raw(null);
  search = $state('');
  shown = $state(50);

  constructor(
    readonly jam: LiveJam,
    readonly everybodys: boolean,
    readonly kind: Kind | null = null,
  ) {}

  async load(): Promise<void> {
    try {
      const asked = { jamId: this.jam.id, everybodys: this.everybodys, kind: this.kind, query: this.search.trim() || null, first: Math.min(this.shown, 100) };
      this.inviting = (await query(InvitingQuery, asked)).viewer?.inviting ?? null;
      this.error = null;
    } catch (problem) {
      this.error = problem;
    }
  }
}
