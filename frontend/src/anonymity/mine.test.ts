import { beforeEach, expect, it } from 'vitest';
import { hashOf } from './device';
import { Mine } from './mine.svelte';

beforeEach(() => localStorage.clear());

function of(personId: string): Mine {
  const mine = new Mine();
  mine.open(personId);
  return mine;
}

async function posted(mine: Mine, id: string) {
  const { salt, proof } = await mine.proof();
  mine.remember('j1', id, salt);
  return { targetId: id, salt, proofHash: await hashOf(proof), proof };
}

it('proves what was posted from here, also after a reload, and to nobody else', async () => {
  const post = await posted(of('ann'), 'i1');
  const again = of('ann');
  expect(again.has('j1', 'i1')).toBe(true);
  expect(await again.proofFor('j1', 'i1')).toBe(post.proof);
  expect(await again.proofFor('j1', 'i2')).toBeNull();
  expect(of('ben').has('j1', 'i1')).toBe(false);
  expect(of('ann').has('j2', 'i1')).toBe(false);
});

it('brings the posts back on another device by the code, and finds no others', async () => {
  const here = of('ann');
  const posts = [await posted(here, 'i1'), await posted(here, 'c1')];
  const other = await posted(of('ben'), 'i9');
  const code = await here.code();
  localStorage.clear();
  const there = of('ann');
  expect(await there.takeCode(code.slice(2))).toBe(false);
  expect(await there.recognize('j1', posts)).toBe(0);
  expect(await there.takeCode(code)).toBe(true);
  expect(await there.recognize('j1', [...posts, other])).toBe(2);
  expect(there.in('j1').map((own) => own.id)).toEqual(['i1', 'c1']);
  expect(await there.proofFor('j1', 'i1')).toBe(posts[0]?.proof);
});

it('takes a code in beside what was posted here already', async () => {
  const there = of('ann');
  const far = await posted(there, 'i1');
  const code = await there.code();
  localStorage.clear();
  const here = of('ann');
  const near = await posted(here, 'i2');
  await here.takeCode(code);
  await here.recognize('j1', [far, near]);
  expect(await here.proofFor('j1', 'i1')).toBe(far.proof);
  expect(await here.proofFor('j1', 'i2')).toBe(near.proof);
});

it('forgets what was taken back', async () => {
  const here = of('ann');
  await posted(here, 'i1');
  here.forget('j1', 'i1');
  expect(of('ann').in('j1')).toEqual([]);
});

it('is nobody\'s while nobody is signed in', async () => {
  const nobody = new Mine();
  nobody.remember('j1', 'i1', 's');
  expect(nobody.in('j1')).toEqual([]);
  await expect(nobody.proof()).rejects.toThrow();
});
