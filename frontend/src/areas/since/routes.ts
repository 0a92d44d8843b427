import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/since', place: 'since', load: () => import('./SincePage.svelte') }];
