import { followNotifications } from '../push/opening';
import { workerAddress } from '../ui/trusted';

/** Let the service worker keep the shell of the page on the device. Without one everything works while online. */
export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  followNotifications();
  try {
    await navigator.serviceWorker.register(workerAddress(), { scope: '/' });
  } catch {
    // A browser that forbids workers (private windows, policies) loses nothing but the offline start.
  }
}
