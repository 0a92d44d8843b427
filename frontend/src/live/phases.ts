import type { Phase } from '../graphql/graphql';

/** The part of a jam that says when it is in which phase. */
export interface Scheduled {
  phase: Phase;
  nextPhase: Phase | null;
  phaseEndsAt: number | null;
}

/** The phase at `now` (ms, server's clock): the doors open and close to the second, before the server has told us so. */
export function phaseAt(jam: Scheduled, now: number): Phase {
  const isOver = jam.phaseEndsAt !== null && now >= jam.phaseEndsAt;
  return isOver && jam.nextPhase ? jam.nextPhase : jam.phase;
}
