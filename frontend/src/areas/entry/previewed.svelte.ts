import { query } from '../../graphql/client';
import { rejectionText } from '../../graphql/rejections';
import { send } from '../../graphql/send';
import { m } from '../../paraglide/messages';
import { router } from '../../router/router.svelte';
import { session } from '../../session/viewer.svelte';
import { AcceptInvitation, Preview, type InvitationCard } from './documents';

/** What an invitation's link leads to: the card it shows (undefined until it is there, null for none), and accepting it. */
export class Previewed {
  card: InvitationCard | null | undefined = $state.raw(undefined);
  error: unknown = $state.raw(null);
  isBusy = $state(false);
  trouble: string | null = $state(null);

  constructor(private readonly token: () => string) {}

  async load(language: string): Promise<void> {
    this.error = null;
    try {
      this.card = (await query(Preview, { token: this.token(), language })).invitationPreview;
    } catch (problem) {
      this.error = problem;
    }
  }

  /** As whoever is signed in; then into the jam. */
  async accept(): Promise<void> {
    this.isBusy = true;
    this.trouble = null;
    try {
      const outcome = await send(AcceptInvitation, { token: this.token() }, { attempts: 4 });
      if (outcome.ok) {
        await session.load();
        goIn(outcome.value.membership.jam.slug);
      } else this.trouble = rejectionText(outcome.rejection);
    } catch {
      this.trouble = m.entry_no_answer();
    }
    this.isBusy = false;
  }
}

export function goIn(slug: string): void {
  router.go(`/jam/${slug}`, { replace: true });
}
