import type { ContentStatus } from '../../graphql/graphql';

export type Show = 'all' | 'ideas' | 'comments' | 'aside';

/** What the stream shows: everything, one kind, or only what is hidden, removed or merged; of one topic or of all (""). */
export interface StreamFilter {
  show: Show;
  topicId: string;
}

interface Filtered {
  __typename: 'Idea' | 'Comment';
  status: ContentStatus;
  topic?: { id: string };
  idea?: { topic: { id: string } };
}

/** Whether the filter keeps a thing: a comment is in the topic of its idea. */
export function keeps(filter: StreamFilter, thing: Filtered): boolean {
  const topicId = thing.topic?.id ?? thing.idea?.topic.id;
  return isShown(filter.show, thing) && (!filter.topicId || topicId === filter.topicId);
}

function isShown(show: Show, thing: Filtered): boolean {
  if (show === 'ideas') return thing.__typename === 'Idea';
  if (show === 'comments') return thing.__typename === 'Comment';
  return show === 'all' || thing.status !== 'VISIBLE';
}
