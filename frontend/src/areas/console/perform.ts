import type { TypedDocumentNode } from '@urql/core';
import type { Rejection } from '../../graphql/rejections';
import { send, type Outcome } from '../../graphql/send';
import { isMark, MARKS, outcomeOf, type Act } from './acts';
import {
  HideComment,
  HideIdea,
  MarkIdea,
  MergeIdeas,
  MoveIdea,
  RemoveComment,
  RemoveIdea,
  ReopenReport,
  ResolveReport,
  RestoreComment,
  RestoreIdea,
  UnmergeIdea,
} from './act_documents';
import type { Thing } from './documents';

/** What an act has changed: the thing as it is now, and whether its reports are settled. */
export interface Done {
  thing: Thing | null;
  /** Why the reports stay open although the act was done; null when they are settled or there were none. */
  unsettled: Rejection | null;
}

type Document = TypedDocumentNode<any, any>;

const IDEA_ACTS: Partial<Record<Act['name'], Document>> = { hide: HideIdea, restore: RestoreIdea, remove: RemoveIdea, unmerge: UnmergeIdea };
const COMMENT_ACTS: Partial<Record<Act['name'], Document>> = { hide: HideComment, restore: RestoreComment, remove: RemoveComment };

/** Do an act, then settle the reports on its thing. A refusal has changed nothing. */
export async function perform(act: Act, thing: Thing | null, reportId: string | null): Promise<Outcome<Done>> {
  const outcome = act.name === 'dismiss' || !thing ? ({ ok: true, value: null } as const) : await change(act, thing);
  if (!outcome.ok) return outcome;
  const settled = reportId ? await settle(act, reportId) : null;
  if (settled && act.name === 'dismiss') return { ok: false, rejection: settled };
  return { ok: true, value: { thing: outcome.value, unsettled: settled } };
}

async function change(act: Act, thing: Thing): Promise<Outcome<Thing | null>> {
  const [document, input] = commandFor(act, thing);
  const outcome = (await send(document, input)) as Outcome<{ idea?: Thing; comment?: Thing }>;
  return outcome.ok ? { ok: true, value: outcome.value.idea ?? outcome.value.comment ?? null } : outcome;
}

function commandFor(act: Act, thing: Thing): [Document, Record<string, unknown>] {
  const { name, reason } = act;
  if (name === 'merge') return [MergeIdeas, { ideaId: thing.id, intoId: act.intoId, reason }];
  if (name === 'move') return [MoveIdea, { ideaId: thing.id, topicId: act.topicId, reason }];
  if (isMark(name)) return [MarkIdea, { ideaId: thing.id, mark: MARKS[name], on: act.on, reason }];
  const document = (thing.__typename === 'Idea' ? IDEA_ACTS : COMMENT_ACTS)[name];
  if (!document) throw new TypeError(`${name} is no act on ${thing.__typename}`);
  return [document, { targetId: thing.id, reason }];
}

/** Settle a report and, with it, all others on the same thing. Someone else's equal decision is as good as ours. */
async function settle(act: Act, reportId: string): Promise<Rejection | null> {
  const outcome = outcomeOf(act);
  if (!outcome) return null;
  const result = await send(ResolveReport, { reportId, outcome, reason: act.reason });
  return result.ok ? null : result.rejection;
}

/** Open a settled report again, and those that were settled with it. Null when that was done. */
export async function reopen(reportId: string, reason: string): Promise<Rejection | null> {
  const result = await send(ReopenReport, { reportId, reason });
  return result.ok ? null : result.rejection;
}
