import { afterEach, describe, expect, it, vi } from 'vitest';
import { clearDevice, eraseMe, lookAhead, makeToken, takeArchive } from './own';

function answers(status: number, body: unknown): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(async () => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe("one's own data", () => {
  it('sends what was typed and chosen, with the header of our pages', async () => {
    const fetched = answers(200, {});
    await eraseMe('ada@example.org', true);
    const [path, request] = fetched.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe('/own/erase');
    expect(JSON.parse(String(request.body))).toEqual({ typed: 'ada@example.org', withdraw: true });
    expect(request.headers).toMatchObject({ 'X-Hothouse': '1' });
  });

  it('tells a made token, once', async () => {
    answers(201, { id: 't', name: 'n', scopes: ['READ'], expiresAt: 5, secret: 'hh_x' });
    expect(await makeToken('n', [], 5)).toMatchObject({ ok: true, value: { secret: 'hh_x' } });
  });

  it.each([
    [401, 'SignInRequired', 'sign-in-again'],
    [403, 'SignInAgain', 'sign-in-again'],
    [429, 'TooMany', 'too-many'],
    [400, 'NotConfirmed', 'not-confirmed'],
    [409, 'Conflict', 'refused'],
    [503, 'Unavailable', 'no-answer'],
  ])('knows why: %s %s', async (status, code, trouble) => {
    answers(status, { code, message: 'Because.' });
    expect(await lookAhead()).toEqual({ ok: false, trouble, words: 'Because.' });
  });

  it('says that there was no answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
    expect(await takeArchive()).toEqual({ ok: false, trouble: 'no-answer', words: null });
  });

  it('leaves nothing on the device', async () => {
    localStorage.setItem('hothouse.kept.idea', '"begun"');
    await clearDevice();
    expect(localStorage.length).toBe(0);
  });
});
