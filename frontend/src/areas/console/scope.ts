/** What a moderator is limited to; null for all. */
export interface Scope {
  topicIds: string[] | null;
  languages: string[] | null;
}

interface Judged {
  language: string;
  topic?: { id: string };
  idea?: { topic: { id: string } };
}

/** Whether the moderator decides about a thing: a comment is in the topic of its idea, and in a language of its own. */
export function covers(scope: Scope | null, thing: Judged | null): boolean {
  if (!scope || !thing) return true;
  const topicId = thing.topic?.id ?? thing.idea?.topic.id ?? '';
  return (!scope.topicIds || scope.topicIds.includes(topicId)) && (!scope.languages || scope.languages.includes(thing.language));
}
