import { afterEach, describe, expect, it, vi } from 'vitest';
import { askForLink, enter, localPath } from './auth';

afterEach(() => vi.unstubAllGlobals());

const answering = (status: number, body?: unknown) =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status })));

describe('localPath', () => {
  it('keeps paths of this site', () => {
    expect(localPath('/jam/green?order=NEW')).toBe('/jam/green?order=NEW');
  });

  it('refuses everything that leads elsewhere', () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', null, undefined]) {
      expect(localPath(next)).toBe('/');
    }
  });
});

describe('askForLink and enter', () => {
  it('tells apart: done, refused, too many, no answer', async () => {
    const request = { email: 'a@example.org', language: 'en' };
    answering(204);
    expect(await askForLink(request)).toBe('done');
    answering(400);
    expect(await askForLink(request)).toBe('refused');
    answering(429);
    expect(await askForLink(request)).toBe('too-many');
    answering(403);
    expect(await askForLink(request)).toBe('other-browser');
    answering(503);
    expect(await askForLink(request)).toBe('no-answer');
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    expect(await askForLink(request)).toBe('no-answer');
  });

  it('goes where the server says, within this site', async () => {
    answering(200, { next: '/jam/green' });
    expect(await enter('t')).toEqual({ answer: 'done', next: '/jam/green' });
    answering(200, { next: 'https://evil.example' });
    expect(await enter('t')).toEqual({ answer: 'done', next: '/' });
    answering(410);
    expect(await enter('t')).toEqual({ answer: 'refused', next: '/' });
  });
});
