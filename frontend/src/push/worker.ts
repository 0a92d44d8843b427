import { keepFact, keptFact } from '../outbox/database';
import { letterIn, pathOf, shownAs } from './letter';
import { keptRenewal, type Renewal } from './renewal';

const SHOWN = 'push-shown';
const REMEMBERED = 30;

interface Changed extends ExtendableEvent {
  readonly oldSubscription: PushSubscription | null;
  readonly newSubscription: PushSubscription | null;
}

/** Show what is told, lead to it, and go on being told when the browser changes the subscription. */
export function tellByPush(scope: ServiceWorkerGlobalScope): void {
  scope.addEventListener('push', (event) => event.waitUntil(show(scope, event.data?.text() ?? null)));
  scope.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(open(scope, pathOf((event.notification.data as { path?: unknown } | null)?.path)));
  });
  scope.addEventListener('pushsubscriptionchange' as 'message', (event) => {
    const { oldSubscription, newSubscription } = event as unknown as Changed;
    event.waitUntil(renew(scope, oldSubscription, newSubscription));
  });
}

/** Something is shown for every push: browsers take the permission from those that are silent. */
async function show(scope: ServiceWorkerGlobalScope, text: string | null): Promise<void> {
  const letter = letterIn(text);
  if (!letter) return scope.registration.showNotification('Hothouse', { tag: 'hothouse', data: { path: '/' } });
  const shown = (await keptFact<string[]>(SHOWN)) ?? [];
  await scope.registration.showNotification(letter.title, shownAs(letter, shown.includes(letter.id)));
  await keepFact(SHOWN, [letter.id, ...shown.filter((id) => id !== letter.id)].slice(0, REMEMBERED));
}

/** In the window that is open, without loading it anew: something may be half written there. Else in a new one. */
async function open(scope: ServiceWorkerGlobalScope, path: string): Promise<void> {
  const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const window = windows.find((one) => one.focused) ?? windows.find((one) => one.visibilityState === 'visible') ?? windows[0];
  if (!window) {
    await scope.clients.openWindow(path);
    return;
  }
  window.postMessage({ is: 'open', path });
  await window.focus().catch(() => undefined);
}

async function renew(scope: ServiceWorkerGlobalScope, old: PushSubscription | null, given: PushSubscription | null): Promise<void> {
  const renewal = await keptRenewal();
  if (!renewal) return;
  const subscription = given ?? (await scope.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: renewal.publicKey }));
  const { endpoint, keys } = subscription.toJSON();
  const input = { endpoint, key: keys?.p256dh, secret: keys?.auth, zone: renewal.zone, replaces: old?.endpoint ?? null };
  const first = await tell(renewal, { extensions: { persistedQuery: { version: 1, sha256Hash: renewal.hash } }, variables: { input } });
  if (!renewal.hash || first.includes('PERSISTED_QUERY_NOT_FOUND')) await tell(renewal, { query: renewal.text, variables: { input } });
}

async function tell(renewal: Renewal, body: object): Promise<string> {
  const headers = { 'Content-Type': 'application/json', 'X-Hothouse': '1', 'X-Hothouse-Person': renewal.person };
  const answer = await fetch('/graphql', { method: 'POST', credentials: 'same-origin', headers, body: JSON.stringify(body) });
  return answer.text();
}
