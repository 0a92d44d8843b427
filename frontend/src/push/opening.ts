import { router } from '../router/router.svelte';
import { pathOf } from './letter';

/** A tap on a notification while the page is open leads to the thing in the page as it is. */
export function followNotifications(): void {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('message', (event) => {
    const said = event.data as { is?: unknown; path?: unknown } | null;
    if (said?.is === 'open') router.go(pathOf(said.path));
  });
  navigator.serviceWorker.startMessages?.();
}
