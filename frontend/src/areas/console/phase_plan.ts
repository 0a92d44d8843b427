import type { Phase } from '../../graphql/graphql';

/** The opening instants of a jam's phases, in milliseconds since 1970. */
export interface Plan {
  lobbyAt: number;
  ideationAt: number;
  refinementAt: number;
  reviewAt: number;
  closesAt: number;
}

const ORDER: readonly Phase[] = ['LOBBY', 'IDEATION', 'REFINEMENT', 'REVIEW', 'CLOSED'];

const instants = (plan: Plan): number[] => [plan.lobbyAt, plan.ideationAt, plan.refinementAt, plan.reviewAt, plan.closesAt];

/** When a phase opens; null for a draft. */
export function opensAt(plan: Plan, phase: Phase): number | null {
  return instants(plan)[ORDER.indexOf(phase)] ?? null;
}

/** When a phase closes; null for the last one, which never does, and for a draft. */
export function closesAt(plan: Plan, phase: Phase): number | null {
  return phase === 'DRAFT' ? null : (instants(plan)[ORDER.indexOf(phase) + 1] ?? null);
}

/** The phases that are over and had any length: those that can be opened again, the latest first. */
export function reopenable(plan: Plan, phase: Phase): Phase[] {
  const before = ORDER.slice(0, Math.max(0, ORDER.indexOf(phase)));
  return before.filter((past) => (closesAt(plan, past) ?? 0) > (opensAt(plan, past) ?? 0)).reverse();
}

/** The phase that follows, those without length left out; null after the last. */
export function following(plan: Plan, phase: Phase): Phase | null {
  const after = ORDER.slice(ORDER.indexOf(phase) + 1);
  return after.find((next) => next === 'CLOSED' || (closesAt(plan, next) ?? 0) > (opensAt(plan, next) ?? 0)) ?? null;
}
