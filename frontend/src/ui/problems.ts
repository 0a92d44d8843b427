import { RequestFailed } from '../graphql/failures';
import { m } from '../paraglide/messages';
import { network } from '../session/online.svelte';
import type { DrawingName } from './Drawing.svelte';

/** What went wrong, as a page shows it. */
export interface Problem {
  drawing: DrawingName;
  title: string;
  text: string;
}

/** The words and the drawing for an error of a query. */
export function problemOf(error: unknown): Problem {
  if (!network.isOnline) return { drawing: 'cloud', title: m.state_offline_title(), text: m.state_offline_text() };
  if (error instanceof RequestFailed && error.kind === 'network') {
    return { drawing: 'cloud', title: m.state_unreachable_title(), text: m.state_unreachable_text() };
  }
  if (error instanceof RequestFailed && error.kind === 'busy') {
    return { drawing: 'crowd', title: m.state_busy_title(), text: m.state_busy_text() };
  }
  if (error instanceof RequestFailed && error.kind === 'outdated') {
    return { drawing: 'tangle', title: m.state_outdated_title(), text: m.state_outdated_text() };
  }
  return { drawing: 'tangle', title: m.state_error_title(), text: m.state_error_text() };
}
