import { describe, expect, it } from 'vitest';
import { matchPath } from './match';
import { findRoute, type Route } from './routes';

const route = (path: string): Route => ({ path, load: () => Promise.reject(new Error('not loaded in this test')) });

describe('matchPath', () => {
  it('gives the decoded parameters', () => {
    expect(matchPath('/jam/:slug/idea/:id', '/jam/green-27/idea/a%3Ab')).toEqual({ slug: 'green-27', id: 'a:b' });
  });

  it('takes a stray slash at the end and refuses other lengths and words', () => {
    expect(matchPath('/jam/:slug', '/jam/green/')).toEqual({ slug: 'green' });
    expect(matchPath('/jam/:slug', '/jam/green/post')).toBeNull();
    expect(matchPath('/jam/:slug/post', '/jam/green/inbox')).toBeNull();
  });

  it('keeps a part that is not valid percent-encoding as it is', () => {
    expect(matchPath('/join/:token', '/join/50%')).toEqual({ token: '50%' });
  });
});

describe('findRoute', () => {
  it('prefers a fixed part to a parameter', () => {
    const routes = [route('/jam/:slug/:page'), route('/jam/:slug/post')];
    expect(findRoute('/jam/green/post', routes)?.route.path).toBe('/jam/:slug/post');
    expect(findRoute('/jam/green/other', routes)?.route.path).toBe('/jam/:slug/:page');
  });

  it('is null where no page lives', () => {
    expect(findRoute('/nowhere', [route('/')])).toBeNull();
  });
});
