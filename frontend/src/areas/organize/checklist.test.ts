import { expect, it } from 'vitest';
import { checklist } from './checklist';

const whole = {
  isPublished: false,
  topicCount: 1,
  lobbyAt: 20,
  now: 10,
  languages: ['en', 'he'],
  titles: { en: 'Jam', he: 'ג׳אם' },
  questions: { en: 'What?', he: 'מה?' },
  rules: { en: 'Be kind', he: 'לנהוג בחביבות' },
  usableInvitations: 1,
};

it.each([
  [{}, []],
  [{ topicCount: 0 }, ['topics']],
  [{ lobbyAt: 9 }, ['schedule']],
  [{ lobbyAt: 9, isPublished: true }, []],
  [{ questions: { en: 'What?', he: ' ' } }, ['texts']],
  [{ rules: { en: 'Be kind' } }, ['rules']],
  [{ usableInvitations: 0 }, ['invitations']],
])('with %o these are missing: %o', (change, missing) => {
  const items = checklist({ ...whole, ...change });
  expect(items.filter((item) => !item.isDone).map((item) => item.what)).toEqual(missing);
});

it('only the topics are needed', () => {
  expect(checklist(whole).filter((item) => item.isNeeded).map((item) => item.what)).toEqual(['topics']);
});
