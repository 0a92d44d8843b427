/** What this browser can do about pushes now: `install` where it has to be put on the home screen first (iPhone, iPad). */
export type Ability = 'unsupported' | 'install' | 'blocked' | 'able';

interface Surroundings {
  hasPush: boolean;
  permission: NotificationPermission;
  userAgent: string;
  touchPoints: number;
  isInstalled: boolean;
}

/** iPads say that they are Macs; a Mac has no touch screen. */
function isApple({ userAgent, touchPoints }: Surroundings): boolean {
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1);
}

export function abilityIn(around: Surroundings): Ability {
  if (!around.hasPush) return isApple(around) && !around.isInstalled ? 'install' : 'unsupported';
  return around.permission === 'denied' ? 'blocked' : 'able';
}

export function ability(): Ability {
  const hasPush = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  return abilityIn({
    hasPush,
    permission: hasPush ? Notification.permission : 'default',
    userAgent: navigator.userAgent,
    touchPoints: navigator.maxTouchPoints,
    isInstalled: matchMedia('(display-mode: standalone)').matches,
  });
}

/** The service worker; null where there is none, such as while developing. */
async function worker(): Promise<ServiceWorkerRegistration | null> {
  const registered = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration('/') : undefined;
  return registered ? navigator.serviceWorker.ready : null;
}

/** What this browser has agreed to, if anything. */
export async function agreed(): Promise<PushSubscription | null> {
  return (await (await worker())?.pushManager?.getSubscription()) ?? null;
}

/** Ask the person, which needs a tap of theirs just before, and the browser's push service. Null where one of them says no. */
export async function agree(publicKey: string): Promise<PushSubscription | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null;
  const registration = await worker();
  if (!registration) return null;
  const old = await registration.pushManager.getSubscription();
  if (old && keyOf(old) === publicKey) return old;
  await old?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
}

/** Take back what was agreed to, and take away what still lies there to be read. */
export async function disagree(): Promise<void> {
  const registration = await worker();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
}

/** The server's key that a subscription was made for, as the server writes it. */
export function keyOf(subscription: PushSubscription): string | null {
  const key = subscription.options.applicationServerKey;
  return key && btoa(String.fromCharCode(...new Uint8Array(key))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
