import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/inbox', place: 'inbox', load: () => import('./InboxPage.svelte') }];
