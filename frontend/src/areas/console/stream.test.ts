import { describe, expect, it } from 'vitest';
import { Stream } from './stream.svelte';

describe('the stream', () => {
  it('shows what arrives at once while it rests at its top', () => {
    const stream = new Stream();
    stream.start(['b', 'a']);
    stream.arrive(['d', 'c', 'b']);
    expect(stream.ids).toEqual(['d', 'c', 'b', 'a']);
  });

  it('lets it wait while one reads further down', () => {
    const stream = new Stream();
    stream.start(['a']);
    stream.isAtRest = () => false;
    stream.arrive(['b']);
    stream.arrive(['c', 'b']);
    expect([stream.ids, stream.waiting]).toEqual([['a'], ['c', 'b']]);
    stream.reveal();
    expect([stream.ids, stream.waiting]).toEqual([['c', 'b', 'a'], []]);
  });

  it('does not grow for ever', () => {
    const stream = new Stream();
    stream.start(Array.from({ length: 300 }, (_, at) => `old${at}`));
    stream.arrive(['new']);
    expect([stream.ids.length, stream.ids[0], stream.ids.at(-1)]).toEqual([300, 'new', 'old298']);
  });
});
