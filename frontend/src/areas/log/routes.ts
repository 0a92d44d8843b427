import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/log', load: () => import('./LogPage.svelte') }];
