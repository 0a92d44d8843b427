import { describe, expect, it } from 'vitest';
import { drillHref, drillOf, drillWays } from './drill';

const url = new URL('http://jam.example/jam/green/briefing?by=momentum&theme=t1&idea=i1');

describe('a drill in the address', () => {
  it('is read from the query; an order that there is not is the usual one', () => {
    expect(drillOf(new URLSearchParams('theme=t1&part=p1&idea=i1&order=NEW'))).toEqual({ theme: 't1', part: 'p1', idea: 'i1', order: 'NEW' });
    expect(drillOf(new URLSearchParams('part=p1&order=SIDEWAYS'))).toEqual({ theme: null, part: null, idea: null, order: 'TOP' });
  });

  it('keeps the rest of the query and writes only what is asked for', () => {
    expect(drillHref(url, { theme: 't2', order: 'RISING' })).toBe('/jam/green/briefing?by=momentum&theme=t2&order=RISING');
    expect(drillHref(url, { theme: 't2', order: 'TOP' })).toBe('/jam/green/briefing?by=momentum&theme=t2');
    expect(drillHref(new URL('http://jam.example/jam/green/map?theme=t1'), {})).toBe('/jam/green/map');
  });

  it('leads a map to its own page', () => {
    const ways = drillWays(url, drillOf(url.searchParams));
    expect(ways.idea('i2')).toBe('/jam/green/briefing?by=momentum&theme=t1&idea=i2');
    expect(ways.part('p1')).toBe('/jam/green/briefing?by=momentum&theme=t1&part=p1');
    expect(ways.theme(null)).toBe('/jam/green/briefing?by=momentum');
  });
});
