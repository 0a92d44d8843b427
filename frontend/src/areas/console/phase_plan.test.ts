import { describe, expect, it } from 'vitest';
import { closesAt, following, opensAt, reopenable, type Plan } from './phase_plan';

/** Refinement has no length. */
const plan: Plan = { lobbyAt: 0, ideationAt: 10, refinementAt: 20, reviewAt: 20, closesAt: 30 };

describe('the phases of a plan', () => {
  it('close when the next one opens, the last never', () => {
    expect([closesAt(plan, 'LOBBY'), closesAt(plan, 'IDEATION'), closesAt(plan, 'CLOSED'), closesAt(plan, 'DRAFT')]).toEqual([10, 20, null, null]);
    expect([opensAt(plan, 'REVIEW'), opensAt(plan, 'DRAFT')]).toEqual([20, null]);
  });

  it('are followed by the next one that has a length', () => {
    expect([following(plan, 'IDEATION'), following(plan, 'REVIEW'), following(plan, 'CLOSED')]).toEqual(['REVIEW', 'CLOSED', null]);
  });

  it('can be reopened once they are over, the latest first', () => {
    expect(reopenable(plan, 'CLOSED')).toEqual(['REVIEW', 'IDEATION', 'LOBBY']);
    expect(reopenable(plan, 'REVIEW')).toEqual(['IDEATION', 'LOBBY']);
    expect(reopenable(plan, 'LOBBY')).toEqual([]);
    expect(reopenable(plan, 'DRAFT')).toEqual([]);
  });
});
