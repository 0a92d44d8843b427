import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/console', place: 'console', load: () => import('./ConsolePage.svelte') }];
