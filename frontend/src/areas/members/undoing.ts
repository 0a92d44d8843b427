import { rejectionText } from '../../graphql/rejections';
import { send } from '../../graphql/send';
import { number } from '../../i18n/format';
import { m } from '../../paraglide/messages';
import { problemOf } from '../../ui/problems';
import { toasts } from '../../ui/toasts.svelte';
import { UndoMemberAct, type Act, type MemberOfList } from './documents';

/** Undoes acts one after the other, and says what became of it, those included who were changed since; some of the members as they are then. */
export async function undoActs(jamId: string, acts: readonly Act[]): Promise<MemberOfList[]> {
  const members: MemberOfList[] = [];
  let left = 0;
  for (const act of acts) {
    try {
      const outcome = await send(UndoMemberAct, { jamId, actId: act.id });
      if (!outcome.ok) {
        toasts.fail(outcome.rejection.__typename === 'Conflict' ? m.members_all_changed() : rejectionText(outcome.rejection));
        return members;
      }
      left += outcome.value.act?.leftCount ?? 0;
      members.push(...outcome.value.members);
    } catch (error) {
      toasts.fail(problemOf(error).text);
      return members;
    }
  }
  toasts.say(left > 0 ? m.members_undone_but({ count: left, number: number(left) }) : m.members_undone());
  return members;
}
