import { describe, expect, it } from 'vitest';
import { RequestFailed } from './failures';
import type { Rejection } from './rejections';
import { Sending } from './sending.svelte';

const invalid: Rejection = { __typename: 'InvalidInput', code: 'InvalidInput', message: 'It is too short.', field: 'title' };

describe('sending', () => {
  it('gives the result and has nothing to say', async () => {
    const sending = new Sending();
    expect(await sending.run(async () => ({ ok: true, value: 7 }))).toBe(7);
    expect([sending.isBusy, sending.text]).toEqual([false, null]);
  });

  it('says a refusal at its field, and not at the form', async () => {
    const sending = new Sending();
    expect(await sending.run(async () => ({ ok: false, rejection: invalid }))).toBeNull();
    expect([sending.at('title'), sending.at('body'), sending.elsewhere('title'), sending.elsewhere('body')]).toEqual([
      'It is too short.',
      null,
      null,
      'It is too short.',
    ]);
  });

  it('says at the form that no answer came, until the next try', async () => {
    const sending = new Sending();
    await sending.run(() => Promise.reject(new RequestFailed('network', 'gone')));
    expect(sending.elsewhere('title')).toContain('Nothing of yours is lost');
    await sending.run(async () => ({ ok: true, value: null }));
    expect(sending.text).toBeNull();
  });
});
