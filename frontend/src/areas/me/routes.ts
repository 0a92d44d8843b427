import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/me', place: 'me', load: () => import('./MePage.svelte') }];
