/** A short word at the edge of the page. Errors stay until closed; the rest leaves by itself. */
export interface Toast {
  id: number;
  text: string;
  tone: 'leaf' | 'clay' | 'sky';
  act?: { label: string; run: () => void };
}

const STAYS_MS = 6_000;

class Toasts {
  #list: Toast[] = $state([]);
  #next = 0;

  get list(): readonly Toast[] {
    return this.#list;
  }

  /** Say that something is done, with an act such as "Undo" or "Open". */
  say(text: string, act?: Toast['act']): void {
    const toast = this.#add({ text, tone: 'leaf', act });
    setTimeout(() => this.close(toast), STAYS_MS);
  }

  /** Say that something failed and what to do. */
  fail(text: string, act?: Toast['act']): void {
    this.#add({ text, tone: 'clay', act });
  }

  close(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }

  #add(toast: Omit<Toast, 'id'>): number {
    const id = (this.#next += 1);
    this.#list = [...this.#list.slice(-2), { ...toast, id }];
    return id;
  }
}

export const toasts = new Toasts();
