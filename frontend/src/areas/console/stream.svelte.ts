const MOST = 300;

/** What arrives, newest first. New things wait until they are shown, unless the list is at rest at its top. */
export class Stream {
  ids: readonly string[] = $state.raw([]);
  waiting: readonly string[] = $state.raw([]);
  /** True while nothing under the moderator's finger could jump. */
  isAtRest: () => boolean = () => true;

  /** Begin with what the server knows, newest first. */
  start(ids: readonly string[]): void {
    this.ids = ids;
    this.waiting = [];
  }

  /** Take arrivals, newest first; what is known already is not new. */
  arrive(ids: readonly string[]): void {
    const known = new Set([...this.ids, ...this.waiting]);
    const fresh = ids.filter((id) => !known.has(id));
    if (fresh.length === 0) return;
    this.waiting = [...fresh, ...this.waiting];
    if (this.isAtRest()) this.reveal();
  }

  /** Show what waits. */
  reveal(): void {
    this.ids = [...this.waiting, ...this.ids].slice(0, MOST);
    this.waiting = [];
  }
}
