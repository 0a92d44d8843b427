import { afterEach, describe, expect, it, vi } from 'vitest';
import { acceptMailed, declineMailed, grouped, tryCode } from './invited';

const person = { token: 't', name: 'Noa', language: 'he', country: null };

function answering(status: number, body: object = {}): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(async () => new Response(status === 204 ? null : JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe('what was mailed', () => {
  it('is accepted, and says why not', async () => {
    answering(200, { jamSlug: 'town' });
    expect(await acceptMailed(person)).toBe('done');
    for (const [status, code, answer] of [
      [404, 'NotFound', 'over'],
      [409, 'KnownAddress', 'known'],
      [409, 'SignedIn', 'signed-in'],
      [400, 'InvalidInput', 'name'],
      [429, 'TooMany', 'too-many'],
      [503, 'Unavailable', 'no-answer'],
    ] as const) {
      answering(status, { code });
      expect(await acceptMailed(person)).toBe(answer);
    }
  });

  it('is declined without a word to anybody', async () => {
    const fetched = answering(204);
    expect(await declineMailed('t', true)).toBe('done');
    expect(JSON.parse(fetched.mock.calls[0]?.[1]?.body as string)).toEqual({ token: 't', report: true });
  });
});

describe('a code', () => {
  it('gives the token of its link, or why not', async () => {
    answering(200, { token: 'secret' });
    expect(await tryCode('ABCD 2345')).toEqual({ answer: 'done', token: 'secret' });
    answering(200, { token: null });
    expect((await tryCode('ABCD 2345')).answer).toBe('over');
    answering(429, { code: 'TooMany' });
    expect((await tryCode('ABCD 2345')).answer).toBe('too-many');
  });

  it('is shown in two groups while it is typed', () => {
    expect(grouped('abcd')).toBe('ABCD');
    expect(grouped('abcd2')).toBe('ABCD 2');
    expect(grouped(' ab-cd 2345 99')).toBe('ABCD 2345');
  });
});
