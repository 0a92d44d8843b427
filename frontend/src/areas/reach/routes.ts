import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/reach', place: 'reach', load: () => import('./ReachPage.svelte') }];
