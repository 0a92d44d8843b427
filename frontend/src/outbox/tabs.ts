import type { Entry } from './entry';

/** What the tabs of one browser, and its service worker, tell each other. */
export type Message =
  | { is: 'changed'; owner: string }
  | { is: 'added'; owner: string }
  | { is: 'afresh'; owner: string }
  | { is: 'done'; owner: string; entry: Entry; value: any };

const NAME = 'hothouse-outbox';

/** The other tabs. Without a channel each tab is alone, and the server still does everything once. */
export class Tabs {
  #channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);

  tell(message: Message): void {
    this.#channel?.postMessage(message);
  }

  listen(hear: (message: Message) => void): void {
    this.#channel?.addEventListener('message', (event: MessageEvent<Message>) => hear(event.data));
  }

  close(): void {
    this.#channel?.close();
  }
}

/** Run while no other tab does. Whoever has no patience leaves at once where another one is at it. */
export async function alone(work: () => Promise<void>, isPatient: boolean): Promise<void> {
  if (!navigator.locks) return work();
  await navigator.locks.request(NAME, { ifAvailable: !isPatient }, async (lock) => {
    if (lock) await work();
  });
}
