import { describe, expect, it } from 'vitest';
import { fromFields, openedBy, toFields, troublesOf, usualPlan } from './plan';

const now = new Date(2026, 10, 22, 15, 30).getTime();
const plan = usualPlan(now);

describe('the usual plan', () => {
  it('is in order, begins at nine in a week, and gives ideas three days', () => {
    expect(new Date(plan.lobbyAt).getHours()).toBe(9);
    expect(troublesOf(toFields(plan), null, null)).toEqual({});
    expect(plan.refinementAt - plan.ideationAt).toBe(72 * 3_600_000);
  });
});

describe('the fields of a plan', () => {
  it('give it back, seconds included where nothing was touched', () => {
    const precise = { ...plan, closesAt: plan.closesAt + 12_345 };
    expect(fromFields(toFields(precise), precise)).toEqual(precise);
    expect(fromFields({ ...toFields(precise), closesAt: '2027-01-01T00:00' }, precise)?.closesAt).toBe(new Date(2027, 0, 1).getTime());
  });

  it('are no plan while one is empty', () => {
    const fields = { ...toFields(plan), reviewAt: '' };
    expect(fromFields(fields, null)).toBeNull();
    expect(troublesOf(fields, null, null)).toEqual({ reviewAt: 'missing' });
  });

  it('must be in order', () => {
    const fields = { ...toFields(plan), ideationAt: toFields(plan).closesAt };
    expect(troublesOf(fields, null, null)).toEqual({ refinementAt: 'order', reviewAt: 'order' });
  });

  it('must leave time for ideas, while other phases may have no length', () => {
    const fields = toFields({ ...plan, refinementAt: plan.ideationAt });
    expect(troublesOf(fields, null, null)).toEqual({ refinementAt: 'short' });
    expect(troublesOf(toFields({ ...plan, reviewAt: plan.refinementAt }), null, null)).toEqual({});
  });

  it('of a published jam can’t be moved into the past', () => {
    const running = { ...plan, lobbyAt: now - 3_600_000 };
    expect(troublesOf(toFields(running), running, now)).toEqual({});
    const fields = { ...toFields(running), ideationAt: toFields({ ...plan, ideationAt: now - 60_000 }).ideationAt };
    expect(troublesOf(fields, running, now)).toEqual({ ideationAt: 'past' });
    expect(troublesOf(fields, running, null)).toEqual({});
  });
});

it('what has passed is open', () => {
  expect(openedBy(plan, plan.ideationAt)).toEqual(new Set(['lobbyAt', 'ideationAt']));
  expect(openedBy(plan, plan.lobbyAt - 1)).toEqual(new Set());
});
