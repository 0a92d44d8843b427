import type { Phase } from '../graphql/graphql';
import type { LiveJam } from '../live/live_jam.svelte';
import { m } from '../paraglide/messages';
import { announcer } from '../ui/announcer.svelte';
import { phaseWord } from '../ui/words';

const SPREAD_MS = 3_000;

/** When a phase begins: tell screen readers, and fetch the jam anew, each page a little later than the next. */
export function announcePhases(jam: LiveJam): void {
  let known: Phase = jam.phase;
  $effect(() => {
    if (jam.phase === known) return;
    known = jam.phase;
    announcer.say('phase', m.nav_phase_news({ phase: phaseWord(known) }));
    setTimeout(() => void jam.refresh().catch(() => undefined), Math.random() * SPREAD_MS);
  });
}
