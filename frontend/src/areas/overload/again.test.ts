import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RequestFailed } from '../../graphql/failures';
import { Again } from './again.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('counts down to when the server asked for, and asks once', () => {
  const again = new Again();
  const act = vi.fn();
  again.begin(new RequestFailed('busy', 'much to do', 2.2), act);
  expect(again.left).toBe(3);
  vi.advanceTimersByTime(2_000);
  expect([again.left, act.mock.calls.length]).toEqual([1, 0]);
  vi.advanceTimersByTime(10_000);
  expect([again.left, act.mock.calls.length]).toEqual([0, 1]);
});

test('other failures, and who has left, ask for nothing', () => {
  const again = new Again();
  const act = vi.fn();
  again.begin(new RequestFailed('network', 'gone', 2), act);
  again.begin(new RequestFailed('busy', 'much to do'), act);
  again.begin(new RequestFailed('busy', 'much to do', 2), act)();
  vi.advanceTimersByTime(10_000);
  expect(act).not.toHaveBeenCalled();
});
