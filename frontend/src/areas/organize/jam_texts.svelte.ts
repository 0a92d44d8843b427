import type { LiveJam } from '../../live/live_jam.svelte';
import { loadTexts, type JamTexts } from './texts';

/** The texts of a jam in all its languages, loaded for one page. */
export class LoadedTexts {
  texts: JamTexts | null = $state.raw(null);
  error: unknown = $state.raw(null);

  constructor(private readonly jam: LiveJam) {}

  async load(): Promise<void> {
    try {
      const { languages, mainLanguage } = this.jam.head;
      this.texts = await loadTexts(this.jam.id, languages, mainLanguage);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
}
