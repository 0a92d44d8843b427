/** Who is chosen in a list of any length, by id: they stay chosen when they scroll out of sight or the filter changes. */
export class Selection {
  #ids: ReadonlySet<string> = $state.raw(new Set());

  get size(): number {
    return this.#ids.size;
  }

  get ids(): string[] {
    return [...this.#ids];
  }

  has(id: string | null | undefined): boolean {
    return id != null && this.#ids.has(id);
  }

  set(ids: Iterable<string>, isOn: boolean): void {
    const changed = new Set(this.#ids);
    for (const id of ids) isOn ? changed.add(id) : changed.delete(id);
    this.#ids = changed;
  }

  toggle(id: string): void {
    this.set([id], !this.has(id));
  }

  clear(): void {
    this.#ids = new Set();
  }
}
