/** Whether the device believes it has a network. */
class Network {
  #online = $state(navigator.onLine);

  constructor() {
    addEventListener('online', () => (this.#online = true));
    addEventListener('offline', () => (this.#online = false));
  }

  get isOnline(): boolean {
    return this.#online;
  }

  /** Settles when there is a network again; at once if there is one. */
  async whenOnline(): Promise<void> {
    if (navigator.onLine) return;
    await new Promise<void>((resolve) => addEventListener('online', () => resolve(), { once: true }));
  }
}

export const network = new Network();
