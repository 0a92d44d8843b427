import { createContext } from 'svelte';
import type { LiveJam } from '../live/live_jam.svelte';

/** The jam of the page: `const jam = useJam()` in any component below /jam/:slug. `provideJam` is the frame's. */
export const [useJam, provideJam] = createContext<LiveJam>();
