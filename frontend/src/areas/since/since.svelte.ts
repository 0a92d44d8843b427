import { mutate, query } from '../../graphql/client';
import { locale } from '../../i18n/locale.svelte';
import type { LiveJam } from '../../live/live_jam.svelte';
import { MarkSinceRead, MySince, type Since } from './documents';

/** What moved in a jam while the viewer was away: one for the strip on the board and for the page. */
export class SinceYouLeft {
  /** `undefined` until the server has told, `null` for someone who was not away. */
  found: Since | null | undefined = $state.raw(undefined);
  error: unknown = $state.raw(null);
  #isPutAway = $state(false);

  constructor(private readonly jam: LiveJam) {}

  /** There is something that the viewer has neither read nor put away. */
  get isNews(): boolean {
    return Boolean(this.found?.isNew && this.found.items.length > 0 && !this.#isPutAway);
  }

  async load(): Promise<void> {
    try {
      const { viewer } = await query(MySince, { jamId: this.jam.id, language: locale.code });
      if (viewer?.sinceYouLeft?.leftAt !== this.found?.leftAt) this.#isPutAway = false;
      this.found = viewer?.sinceYouLeft ?? null;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** True once for each return on this device: then the page opens by itself. */
  takeReturn(): boolean {
    const key = `hothouse.since.${this.jam.id}`;
    const left = String(this.found?.leftAt);
    if (!this.isNews || localStorage.getItem(key) === left) return false;
    localStorage.setItem(key, left);
    return true;
  }

  /** The viewer has read it, or does not want to: nothing is lost, the page is still there. */
  async putAway(): Promise<void> {
    if (!this.found?.isNew || this.#isPutAway) return;
    this.#isPutAway = true;
    await mutate(MarkSinceRead, { jamId: this.jam.id }).catch(() => undefined);
  }
}

const made = new WeakMap<LiveJam, SinceYouLeft>();

/** The one of a jam. */
export function sinceYouLeft(jam: LiveJam): SinceYouLeft {
  const since = made.get(jam) ?? new SinceYouLeft(jam);
  made.set(jam, since);
  return since;
}
