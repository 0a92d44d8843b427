import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mine } from '../anonymity/mine.svelte';
import { outbox } from '../outbox/outbox.svelte';
import { session } from '../session/viewer.svelte';
import { commentsUnderWay, ideasUnderWay, postComment, postIdea, postUnnamedComment, postUnnamedIdea } from './commands.svelte';
import type { LiveJam } from './live_jam.svelte';

/** As much of a jam as is asked here: what has arrived in it. */
const jam = { id: 'j1', slug: 'hale', ideas: new Map(), comments: new Map() };
const JAM = jam as unknown as LiveJam;
const IDEA = { jamId: 'j1', topicId: 't1', title: 'A bench', body: '', language: 'en' };
const COMMENT = { ideaId: 'i1', body: 'Said', language: 'en', parentId: null };

beforeEach(() => {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  vi.spyOn(session, 'viewer', 'get').mockReturnValue({ id: 'pnoa' } as NonNullable<typeof session.viewer>);
  mine.open('pnoa');
  void outbox.open('pnoa');
});

afterEach(async () => {
  jam.ideas.clear();
  jam.comments.clear();
  await outbox.dropAll();
  outbox.close();
  mine.open(null);
  vi.unstubAllGlobals();
});

it.each([postIdea, postUnnamedIdea])('shows an idea once, if everybody sees it before its answer has come (%o)', async (post) => {
  const { makes } = await post(JAM, IDEA);
  expect(ideasUnderWay(JAM).map((entry) => entry.makes)).toEqual([makes]);
  expect(ideasUnderWay({ ...jam, id: 'j2' } as unknown as LiveJam)).toEqual([]);
  jam.ideas.set(makes, {});
  expect(ideasUnderWay(JAM)).toEqual([]);
});

it.each([postComment, postUnnamedComment])('shows a comment once, if everybody sees it before its answer has come (%o)', async (post) => {
  const { makes } = await post(JAM, COMMENT);
  expect(commentsUnderWay(JAM, 'i1').map((entry) => entry.makes)).toEqual([makes]);
  expect(commentsUnderWay(JAM, 'i2')).toEqual([]);
  jam.comments.set(makes, {});
  expect(commentsUnderWay(JAM, 'i1')).toEqual([]);
});
