import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { post } from '../../session/post';
import { room } from './room.svelte';

function waiting(place: number): Response {
  return new Response(JSON.stringify({ code: 'Waiting', message: 'wait', place, retryAfterSeconds: 2.4 }), { status: 503 });
}

describe('signing in while many come', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('waits with its place shown, counts down, asks again by itself, and goes on', async () => {
    const answers = [waiting(120), waiting(7), new Response(null, { status: 204 })];
    const asked = vi.fn(async () => answers.shift() as Response);
    vi.stubGlobal('fetch', asked);
    const done = post('/auth/link', { email: 'ada@example.org' });
    await vi.advanceTimersByTimeAsync(0);
    expect([room.place, room.left]).toEqual([120, 3]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(room.left).toBe(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([room.place, asked.mock.calls.length]).toEqual([7, 2]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await done)?.status).toBe(204);
    expect(room.place).toBe(null);
    expect(asked.mock.calls.map((call) => JSON.stringify(call))).toEqual(Array(3).fill(JSON.stringify(asked.mock.calls[0])));
  });

  test('any other answer is given back at once', async () => {
    vi.stubGlobal('fetch', async () => new Response('gone', { status: 503 }));
    expect((await post('/auth/link', {}))?.status).toBe(503);
    expect(room.place).toBe(null);
  });

  test('where no answer comes any more nobody waits', async () => {
    const answers: (Response | null)[] = [waiting(3), null];
    vi.stubGlobal('fetch', async () => answers.shift() ?? Promise.reject(new TypeError('gone')));
    const done = post('/auth/link', {});
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await done).toBe(null);
    expect(room.place).toBe(null);
  });
});
