import { describe, expect, it } from 'vitest';
import { fromLocalInput, toLocalInput } from './local_time';

describe('local times', () => {
  it('come back as they went in, to the minute', () => {
    const at = new Date(2026, 10, 22, 7, 5).getTime();
    expect(toLocalInput(at)).toBe('2026-11-22T07:05');
    expect(fromLocalInput('2026-11-22T07:05')).toBe(at);
  });

  it('are nothing where the field is empty or broken', () => {
    expect(fromLocalInput('')).toBeNull();
    expect(fromLocalInput('tomorrow')).toBeNull();
  });
});
