import { sendInBackground } from './outbox/worker';
import { tellByPush } from './push/worker';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

const files = [...new Set(self.__WB_MANIFEST.map((entry) => `/${entry.url}`))];
const KEPT = `hothouse-files-${fingerprint(files)}`;
const SHELL = 'hothouse-shell';
const PATIENCE_MS = 5_000;
const SERVER_PATHS = ['/graphql', '/auth/', '/own/', '/export/', '/healthz', '/metrics'];

/** A short name for a list of files: it changes when one of them does. */
function fingerprint(names: readonly string[]): string {
  let hash = 5381;
  for (const character of names.join()) hash = (Math.imul(hash, 33) ^ character.charCodeAt(0)) >>> 0;
  return hash.toString(36);
}

async function install(): Promise<void> {
  const cache = await caches.open(KEPT);
  await cache.addAll(files.map((file) => new Request(file, { cache: 'reload' })));
  await keepShell(await fetch('/'));
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== KEPT && name !== SHELL).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function keepShell(response: Response): Promise<void> {
  if (response.ok) await (await caches.open(SHELL)).put('/', response);
}

/** The page from the server, kept for the next start without network; its nonce stays with its own policy. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match('/', { cacheName: SHELL });
  const fetched = fromServer(request);
  if (!kept) return fetched;
  return Promise.race([fetched.catch(() => kept), later(kept)]);
}

async function fromServer(request: Request): Promise<Response> {
  const response = await fetch(request);
  await keepShell(response.clone());
  return response;
}

/** A line so thin that nothing comes is no better than none. */
function later(kept: Response): Promise<Response> {
  return new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

sendInBackground(self);
tellByPush(self);
self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isOurs = origin === self.location.origin && request.method === 'GET';
  if (!isOurs || SERVER_PATHS.some((path) => pathname.startsWith(path))) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (files.includes(pathname)) event.respondWith(file(request));
});

export {};
