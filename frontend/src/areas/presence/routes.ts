import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/here', place: 'here', load: () => import('./HerePage.svelte') }];
