import { expect, it } from 'vitest';
import { m } from '../../paraglide/messages';
import type { Entry } from '../../outbox/entry';
import { refusalWords, textOf, waitingWords } from './words';

const entry = (kind: string, more: Partial<Entry> = {}): Entry => ({
  id: kind, owner: 'noa', kind, target: 't', input: {}, note: { title: 'Light' }, state: 'waiting', order: 1, attempts: 0, at: 0, ...more,
});
const refused = (kind: string, code: string) => refusalWords(entry(kind, { state: 'failed', rejection: { __typename: code, code, message: 'The server’s words.' } }));

it.each([
  ['postIdea', 'PhaseClosed', m.wait_advice_closed()],
  ['support', 'PhaseClosed', m.wait_advice_closed_vote()],
  ['postIdea', 'Locked', m.wait_advice_topic()],
  ['postComment', 'Locked', m.wait_advice_comment()],
  ['postComment', 'NotFound', m.wait_advice_gone()],
  ['support', 'NotFound', m.wait_advice_gone_vote()],
  ['editIdea', 'Conflict', m.wait_advice_edit()],
  ['postComment', 'InvalidInput', m.wait_advice_text()],
  ['postIdea', 'NotAllowed', m.wait_advice_text()],
])('says of a %s refused by %s what can be done', (kind, code, advice) => {
  const words = refused(kind, code);
  expect(words.endsWith(` ${advice}`)).toBe(true);
  expect(words.length).toBeGreaterThan(advice.length + 5);
});

it('says why something waits: what it is upon, the network, the jam’s pace, the sign-in, the next attempt', () => {
  const post = entry('postIdea', { state: 'failed', makes: 'i7' });
  const comment = entry('postComment', { order: 2, input: { ideaId: 'i7' } });
  const soon = Date.now() + 60_000;
  expect(waitingWords(comment, [post, comment], null, true)).toBe(m.wait_held({ title: '\u2068Light\u2069' }));
  expect(waitingWords(comment, [comment], null, false)).toBe(m.ui_waiting());
  expect(waitingWords(entry('postComment', { notBefore: soon }), [], null, true)).toContain(':');
  expect(waitingWords(comment, [comment], { is: 'stranger' }, true)).toBe(m.wait_sign_in());
  expect(waitingWords(comment, [comment], { is: 'unanswered', until: soon }, true)).toContain(m.wait_next_try({ at: '~' }).split('~')[0]);
  expect(waitingWords(comment, [comment], null, true)).toBeNull();
});

it('gives every word that somebody wrote', () => {
  expect(textOf(entry('postIdea', { input: { title: 'Light', body: 'In the yard', topicId: 't1' } }))).toBe('Light\n\nIn the yard');
  expect(textOf(entry('fileReport', { input: { note: 'Spam', targetId: 'i1' } }))).toBe('Spam');
  expect(textOf(entry('support', { input: { ideaId: 'i1' } }))).toBe('');
});
