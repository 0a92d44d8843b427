import { m } from '../../paraglide/messages';

const kinds: Record<string, () => string> = {
  'idea.posted': m.webhook_kind_idea_posted,
  'idea.edited': m.webhook_kind_idea_edited,
  'idea.hidden': m.webhook_kind_idea_hidden,
  'idea.restored': m.webhook_kind_idea_restored,
  'idea.removed': m.webhook_kind_idea_removed,
  'idea.merged': m.webhook_kind_idea_merged,
  'idea.unmerged': m.webhook_kind_idea_unmerged,
  'idea.withdrawn': m.webhook_kind_idea_withdrawn,
  'idea.moved': m.webhook_kind_idea_moved,
  'idea.supported': m.webhook_kind_idea_supported,
  'idea.support_withdrawn': m.webhook_kind_idea_support_withdrawn,
  'comment.posted': m.webhook_kind_comment_posted,
  'comment.hidden': m.webhook_kind_comment_hidden,
  'comment.restored': m.webhook_kind_comment_restored,
  'comment.removed': m.webhook_kind_comment_removed,
  'comment.withdrawn': m.webhook_kind_comment_withdrawn,
  'report.filed': m.webhook_kind_report_filed,
  'announcement.made': m.webhook_kind_announcement_made,
  'jam.published': m.webhook_kind_jam_published,
  'jam.scheduled': m.webhook_kind_jam_scheduled,
  'themes.grouped': m.webhook_kind_themes_grouped,
  'member.joined': m.webhook_kind_member_joined,
};

/** What happened, in words; one that a newer server knows stays as it is called. */
export function kindWord(kind: string): string {
  return kinds[kind]?.() ?? kind;
}
