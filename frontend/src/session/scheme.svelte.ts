export type Scheme = 'system' | 'light' | 'dark';

const KEY = 'hothouse.scheme';
const known = (value: string | null): value is Scheme => value === 'light' || value === 'dark' || value === 'system';

/** The colour scheme the viewer chose on this device. */
class ColourScheme {
  #chosen: Scheme = $state(ColourScheme.#remembered());

  static #remembered(): Scheme {
    const stored = localStorage.getItem(KEY);
    return known(stored) ? stored : 'system';
  }

  get chosen(): Scheme {
    return this.#chosen;
  }

  choose(scheme: Scheme): void {
    this.#chosen = scheme;
    localStorage.setItem(KEY, scheme);
    this.apply();
  }

  /** Write the choice on <html>, where tokens.css reads it. */
  apply(): void {
    if (this.#chosen === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.#chosen;
  }
}

export const scheme = new ColourScheme();
