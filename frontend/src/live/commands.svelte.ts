import { hashOf } from '../anonymity/device';
import { mine } from '../anonymity/mine.svelte';
import { EditAnonymousIdea } from '../areas/anonymous/documents';
import { EditIdea, FileReport } from '../areas/idea/documents';
import { graphql, type ReportReason } from '../graphql/graphql';
import { RejectionFields } from '../graphql/rejections';
import type { Entry } from '../outbox/entry';
import { postedId, unnamedId } from '../outbox/ids';
import { outbox } from '../outbox/outbox.svelte';
import { session } from '../session/viewer.svelte';
import { CommentCard, IdeaCard, type Idea } from './fragments';
import type { LiveJam } from './live_jam.svelte';

const SupportIdea = graphql(
  `
    mutation SupportIdea($input: IdeaInput!) {
      supportIdea(input: $input) { __typename ... on IdeaSuccess { seq idea { ...IdeaCard } } ...RejectionFields }
    }
  `,
  [IdeaCard, RejectionFields],
);

const WithdrawSupport = graphql(
  `
    mutation WithdrawSupport($input: IdeaInput!) {
      withdrawSupport(input: $input) { __typename ... on IdeaSuccess { seq idea { ...IdeaCard } } ...RejectionFields }
    }
  `,
  [IdeaCard, RejectionFields],
);

const PostIdea = graphql(
  `
    mutation PostIdea($input: PostIdeaInput!) {
      postIdea(input: $input) { __typename ... on IdeaSuccess { seq idea { ...IdeaCard } } ...RejectionFields }
    }
  `,
  [IdeaCard, RejectionFields],
);

const PostComment = graphql(
  `
    mutation PostComment($input: PostCommentInput!) {
      postComment(input: $input) { __typename ... on CommentSuccess { seq comment { ...CommentCard } } ...RejectionFields }
    }
  `,
  [CommentCard, RejectionFields],
);

const LikeComment = graphql(
  `
    mutation LikeComment($input: CommentInput!) {
      likeComment(input: $input) { __typename ... on CommentSuccess { seq comment { ...CommentCard } } ...RejectionFields }
    }
  `,
  [CommentCard, RejectionFields],
);

const WithdrawLike = graphql(
  `
    mutation WithdrawLike($input: CommentInput!) {
      withdrawLike(input: $input) { __typename ... on CommentSuccess { seq comment { ...CommentCard } } ...RejectionFields }
    }
  `,
  [CommentCard, RejectionFields],
);

const PostAnonymousIdea = graphql(
  `
    mutation PostAnonymousIdea($input: PostAnonymousIdeaInput!) {
      postAnonymousIdea(input: $input) { __typename ... on IdeaSuccess { seq idea { ...IdeaCard } } ...RejectionFields }
    }
  `,
  [IdeaCard, RejectionFields],
);

const PostAnonymousComment = graphql(
  `
    mutation PostAnonymousComment($input: PostAnonymousCommentInput!) {
      postAnonymousComment(input: $input) { __typename ... on CommentSuccess { seq comment { ...CommentCard idea { jamId } } } ...RejectionFields }
    }
  `,
  [CommentCard, RejectionFields],
);

outbox.register('support', SupportIdea);
outbox.register('withdrawSupport', WithdrawSupport);
outbox.register('postIdea', PostIdea);
outbox.register('postComment', PostComment);
outbox.register('postAnonymousIdea', PostAnonymousIdea);
outbox.register('postAnonymousComment', PostAnonymousComment);
outbox.register('like', LikeComment);
outbox.register('withdrawLike', WithdrawLike);
outbox.register('editIdea', EditIdea);
outbox.register('editAnonymousIdea', EditAnonymousIdea);
outbox.register('fileReport', FileReport);

/** Where something was done, for the list of what waits. */
function noteOf(jam: LiveJam, ideaId: string): { slug: string; title?: string } {
  return { slug: jam.slug, title: jam.ideas.get(ideaId)?.title ?? waitingTitle(ideaId) };
}

/** The title of an idea that has not arrived yet. */
function waitingTitle(ideaId: string): string | undefined {
  return outbox.entries.find((entry) => entry.makes === ideaId)?.input.title as string | undefined;
}

/** A yes-or-no of the viewer with its total: the server's state with what is under way laid over it. */
export interface Mark {
  isOn: boolean;
  count: number;
  /** The entry under way or failed, if any: show its state on the thing. */
  entry: Entry | undefined;
}

function overlaid(isOnAtServer: boolean, count: number, target: string, on: string, off: string): Mark {
  const entries = outbox.about(target).filter((entry) => entry.kind === on || entry.kind === off);
  const last = entries.at(-1);
  const decided = entries.findLast((entry) => entry.state !== 'failed');
  const isOn = decided ? decided.kind === on : isOnAtServer;
  return { isOn, count: count + Number(isOn) - Number(isOnAtServer), entry: last };
}

/** Whether the viewer supports an idea, and how many do. */
export function supportOf(jam: LiveJam, idea: Pick<Idea, 'id' | 'supportCount'>): Mark {
  return overlaid(jam.supported.has(idea.id), idea.supportCount, idea.id, 'support', 'withdrawSupport');
}

/** Support an idea, or withdraw it if it is supported. */
export function toggleSupport(jam: LiveJam, idea: Pick<Idea, 'id' | 'supportCount'>): void {
  const { isOn } = supportOf(jam, idea);
  outbox.add(isOn ? 'withdrawSupport' : 'support', idea.id, { ideaId: idea.id }, noteOf(jam, idea.id));
}

/** Whether the viewer likes a comment, and how many do. */
export function likeOf(jam: LiveJam, comment: { id: string; likeCount: number }): Mark {
  return overlaid(jam.liked.has(comment.id), comment.likeCount, comment.id, 'like', 'withdrawLike');
}

/** Like a comment, or withdraw it if it is liked. */
export function toggleLike(jam: LiveJam, comment: { id: string; likeCount: number }): void {
  const { isOn } = likeOf(jam, comment);
  const ideaId = jam.comments.get(comment.id)?.ideaId ?? '';
  outbox.add(isOn ? 'withdrawLike' : 'like', comment.id, { commentId: comment.id }, noteOf(jam, ideaId));
}

export interface NewComment {
  ideaId: string;
  body: string;
  language: string;
  parentId: string | null;
}

export interface NewIdea {
  jamId: string;
  topicId: string;
  title: string;
  body: string;
  language: string;
  parentIds?: string[];
  /** Whom it is for; everyone where it is left out. */
  audience?: { kind: 'CIRCLE'; circleId: string };
}

/** Post an idea: it is kept on the device until it has arrived. What follows upon it can be sent behind it. */
export function postIdea(jam: LiveJam, idea: NewIdea): Entry {
  const id = crypto.randomUUID();
  const makes = postedId('i', session.viewer?.id ?? '', idea.jamId, id);
  return outbox.add('postIdea', makes, idea, { id, makes, slug: jam.slug, title: idea.title });
}

/** Post an idea without the viewer's name: only this device will know that it is theirs. */
export async function postUnnamedIdea(jam: LiveJam, idea: NewIdea): Promise<Entry> {
  const proof = await mine.proof();
  const makes = unnamedId('i', idea.jamId, await hashOf(proof.proof));
  return outbox.add('postAnonymousIdea', makes, { ...idea, ...proof }, { makes, slug: jam.slug, title: idea.title });
}

/** Change the words of an own idea; `proof` where it was posted without a name. */
export function editIdea(jam: LiveJam, words: { ideaId: string; title: string; body: string; baseVersion: number }, proof: string | null): Entry {
  const note = { slug: jam.slug, title: words.title };
  return proof ? outbox.add('editAnonymousIdea', words.ideaId, { ...words, proof }, note) : outbox.add('editIdea', words.ideaId, words, note);
}

/** Tell the moderators about an idea or comment. */
export function fileReport(jam: LiveJam, targetId: string, reason: ReportReason, note: string): Entry {
  return outbox.add('fileReport', `report:${targetId}`, { targetId, reason, note }, noteOf(jam, jam.comments.get(targetId)?.ideaId ?? targetId));
}

/** Comment or reply without the viewer's name. */
export async function postUnnamedComment(jam: LiveJam, words: NewComment): Promise<Entry> {
  const proof = await mine.proof();
  const makes = unnamedId('c', jam.id, await hashOf(proof.proof));
  return outbox.add('postAnonymousComment', `new-comment:${words.ideaId}`, { ...words, ...proof }, { makes, ...noteOf(jam, words.ideaId) });
}

outbox.onDone((entry, value: { idea?: { id: string }; comment?: { id: string; idea: { jamId: string } } }) => {
  if (entry.kind === 'postAnonymousIdea' && value.idea) mine.remember(entry.input.jamId, value.idea.id, entry.input.salt);
  if (entry.kind === 'postAnonymousComment' && value.comment) mine.remember(value.comment.idea.jamId, value.comment.id, entry.input.salt);
});

/** Comment on an idea, or reply to a comment of it. */
export function postComment(jam: LiveJam, words: NewComment): Entry {
  const id = crypto.randomUUID();
  const makes = postedId('c', session.viewer?.id ?? '', jam.id, id);
  return outbox.add('postComment', `new-comment:${words.ideaId}`, words, { id, makes, ...noteOf(jam, words.ideaId) });
}

/** Comments of the viewer on an idea that have not arrived yet. */
export function commentsUnderWay(jam: LiveJam, ideaId: string): Entry[] {
  return outbox.about(`new-comment:${ideaId}`).filter((entry) => !isThere(jam.comments, entry));
}

/** New wordings of an own idea that have not arrived yet. */
export function editsUnderWay(ideaId: string): Entry[] {
  return outbox.about(ideaId).filter((entry) => entry.kind === 'editIdea' || entry.kind === 'editAnonymousIdea');
}

/** Own ideas of a jam that have not arrived yet. */
export function ideasUnderWay(jam: LiveJam): Entry[] {
  const posts = outbox.entries.filter((entry) => entry.kind === 'postIdea' || entry.kind === 'postAnonymousIdea');
  return posts.filter((entry) => entry.input.jamId === jam.id && !isThere(jam.ideas, entry));
}

/** Whether everybody sees what an entry makes: a tick may tell it before the answer to its command has come. */
function isThere(things: { has: (id: string) => boolean }, entry: Entry): boolean {
  return entry.makes !== undefined && things.has(entry.makes);
}
