import { database, keptFact } from './database';
import { isToBeSent } from './rules';
import { Sender } from './sender';
import { DeviceShelf } from './shelf';
import { alone, Tabs } from './tabs';

/** The name under which the page asks the browser to wake the service worker when there is a network. */
const SYNC = 'hothouse-outbox';

/** What only a page can send: what it knows of anonymous posts it keeps where a worker can't reach. */
const BY_PAGES = new Set(['postAnonymousIdea', 'postAnonymousComment', 'editAnonymousIdea']);

/** What Background Sync adds to a service worker's events, and as much of a worker as is needed for that. */
interface SyncEvent extends Event {
  readonly tag: string;
  waitUntil(work: Promise<unknown>): void;
}

interface Scope {
  addEventListener(type: 'sync', listener: (event: Event) => void): void;
}

/**
 * Send what waits of whoever is signed in here, with no page open. Rejects where something is left that may go later, so that the
 * browser wakes us again; what needs its person waits for a page.
 */
export async function sendWaiting(): Promise<void> {
  const owner = await keptFact<string>('person');
  if (!owner) return;
  const shelf = new DeviceShelf();
  const tabs = new Tabs();
  let isToBeTriedAgain = false;
  const sender = new Sender(owner, shelf, {
    isOnline: () => navigator.onLine,
    can: (entry) => !BY_PAGES.has(entry.kind),
    wording: async (kind) => (await database()).get('wordings', kind),
    changed: () => tabs.tell({ is: 'changed', owner }),
    done: (entry, value) => tabs.tell({ is: 'done', owner, entry, value }),
    troubled: (trouble) => (isToBeTriedAgain = trouble?.is === 'unanswered'),
    accepts: async () => false,
    alone: (work) => alone(work, false),
    isPatient: () => false,
  });
  await sender.work();
  sender.stop();
  tabs.close();
  if (isToBeTriedAgain && (await shelf.of(owner)).some(isToBeSent)) throw new Error('Something waits to be sent.');
}

/** Wake when the browser says that there is a network. */
export function sendInBackground(scope: Scope): void {
  scope.addEventListener('sync', (event) => {
    const sync = event as SyncEvent;
    if (sync.tag === SYNC) sync.waitUntil(sendWaiting());
  });
}
