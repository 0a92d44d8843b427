import { describe, expect, it } from 'vitest';
import { spark } from './spark';

const last = (path: string): string | undefined => path.split(',').at(-1);

describe('spark', () => {
  it('runs over the whole width, zero on the ground and the highest at the top', () => {
    const { line } = spark([0, 4, 2], 120, 30);
    expect(line.startsWith('M0,30')).toBe(true);
    expect(line).toContain('60,0');
    expect(last(line)).toBe('15');
  });

  it('shares a scale with others when told', () => {
    expect(last(spark([0, 4], 120, 30, 8).line)).toBe('15');
  });

  it('is flat for nothing at all', () => {
    expect(last(spark([0, 0], 120, 30).line)).toBe('30');
    expect(spark([], 120, 30).line).toBe('');
  });
});
