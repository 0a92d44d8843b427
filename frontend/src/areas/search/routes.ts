import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/search', place: 'search', load: () => import('./SearchPage.svelte') }];
