import { buildSchema, type GraphQLEnumType } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { concernsOf, OperationsDesk } from './desk.svelte';
import type { Figure, Worker } from './documents';
import { adviceOn, figureWord, GROUPS, nowWords, valueWords } from './words';

const names = (buildSchema(readFileSync('../schema/schema.graphql', 'utf8')).getType('OperationsFigureName') as GraphQLEnumType).getValues().map(({ name }) => name);
const asked = vi.hoisted(() => vi.fn());
vi.mock('../../graphql/client', () => ({ query: asked }));

const figure = (name: Figure['name'], alarm: Figure['alarm'], more: Partial<Figure> = {}): Figure => ({ name, alarm, value: 1, bound: null, unit: 'COUNT', ...more });
const worker = (id: string, ...figures: Figure[]): Worker => ({ id, place: 0, version: '1', startedAt: 0, measuredAt: 0, figures });

describe('what needs attention', () => {
  it('has the worst first and leaves out what is fine', () => {
    const workers = [worker('a', figure('VOTES', 'FINE'), figure('LAG_P99', 'WATCH')), worker('b', figure('STORE', 'ACT', { value: null }))];
    expect(concernsOf(workers).map(({ worker, figure }) => [worker.id, figure.name])).toEqual([
      ['b', 'STORE'],
      ['a', 'LAG_P99'],
    ]);
  });
});

describe('words', () => {
  it('has a name and a place on the page for each figure of the schema', () => {
    const shown = GROUPS.flatMap((group) => group.names);
    expect([...shown].sort()).toEqual([...names].sort());
    for (const name of shown) expect(figureWord(name)).not.toBe('');
  });

  it('says a value with its unit and its bound', () => {
    expect(valueWords('SHARE', 0.18)).toBe('18%');
    expect(valueWords('LEVEL', 0)).toBe('calm');
    expect(nowWords(figure('MEMORY', 'FINE', { value: 512, bound: 2048, unit: 'MEGABYTES' }))).toBe('512 MB of 2,048 MB');
    expect(nowWords(figure('STORE', 'ACT', { value: null, unit: 'MILLISECONDS' }))).toBe('no answer');
    expect(nowWords(figure('BACKUP_AGE', 'FINE', { value: null, unit: 'HOURS' }))).toBe('not known');
  });

  it('says what to do wherever there are thresholds', () => {
    for (const name of ['PRESSURE', 'LAG_P99', 'DISK_FREE', 'CERTIFICATE'] as const) expect(adviceOn(name)?.section).toBeTruthy();
    expect(adviceOn('VOTES')).toBeUndefined();
  });
});

describe('the desk', () => {
  it('keeps the last answer when the next one fails, and asks for the half hour now and then', async () => {
    const desk = new OperationsDesk();
    asked.mockResolvedValueOnce({ operations: { at: 5, workers: [worker('a', figure('VOTES', 'FINE'))] } });
    asked.mockResolvedValueOnce({ operations: { workers: [{ id: 'a', figures: [{ name: 'VOTES', points: [{ at: 1, value: 3 }, { at: 2, value: null }] }] }] } });
    await desk.look();
    expect(desk.points('a', 'VOTES')).toEqual([3]);
    asked.mockRejectedValueOnce(new Error('away'));
    await desk.look();
    expect([desk.now?.at, desk.error]).toEqual([5, new Error('away')]);
    expect(asked).toHaveBeenCalledTimes(3);
  });
});
