import { describe, expect, it } from 'vitest';
import { rowAfter, scrolledTo, shownRows } from './windowed';

describe('the rows that are drawn', () => {
  it('are those in sight and a few beyond, however long the list is', () => {
    expect(shownRows(0, 640, 64, 100_000)).toEqual({ first: 0, end: 18 });
    expect(shownRows(64 * 50_000, 640, 64, 100_000)).toEqual({ first: 49_992, end: 50_018 });
    expect(shownRows(64 * 99_990, 640, 64, 100_000)).toEqual({ first: 99_982, end: 100_000 });
  });

  it('are none of an empty list, and never behind its end', () => {
    expect(shownRows(0, 640, 64, 0)).toEqual({ first: 0, end: 0 });
    expect(shownRows(10_000, 640, 64, 3)).toEqual({ first: 3, end: 3 });
  });
});

describe('scrolling to a row', () => {
  it('moves no further than needed, and not at all where it is in sight', () => {
    expect(scrolledTo(5, 0, 640, 64)).toBe(0);
    expect(scrolledTo(10, 0, 640, 64)).toBe(64);
    expect(scrolledTo(2, 640, 640, 64)).toBe(128);
  });
});

describe('keys', () => {
  it('lead to a row within the list', () => {
    expect(rowAfter('ArrowDown', 3, 10, 5)).toBe(4);
    expect(rowAfter('ArrowDown', 4, 10, 5)).toBe(4);
    expect(rowAfter('PageUp', 4, 10, 5)).toBe(0);
    expect(rowAfter('End', 0, 10, 100_000)).toBe(99_999);
    expect(rowAfter('Home', 9, 10, 20)).toBe(0);
    expect(rowAfter('x', 9, 10, 20)).toBeNull();
  });
});
