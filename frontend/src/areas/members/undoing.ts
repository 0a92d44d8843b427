import { rejectionText } from '../../graphql/rejections';
import { send } from '../../graphql/send';
import { number } from '../../i18n/format';
import { m } from '../../paraglide/messages';
import { problemOf } from '../../ui/problems';
import { toasts } from '../../ui/toasts.svelte';
import { UndoMemberAct, type Act } from './documents';

/** Undoes acts one after the other, and says what became of it, those included who were changed since. */
export async function undoActs(jamId: string, acts: readonly Act[]): Promise<void> {
  let left = 0;
  for (const act of acts) {
    try {
      const outcome = await send(UndoMemberAct, { jamId, actId: act.id });
      if (!outcome.ok) return toasts.fail(outcome.rejection.__typename === 'Conflict' ? m.members_all_changed() : rejectionText(outcome.rejection));
      left += outcome.value.act?.leftCount ?? 0;
    } catch (error) {
      return toasts.fail(problemOf(error).text);
    }
  }
  toasts.say(left > 0 ? m.members_undone_but({ count: left, number: number(left) }) : m.members_undone());
}
