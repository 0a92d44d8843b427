import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/map', place: 'map', load: () => import('./MapPage.svelte') }];
