import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/opinions', place: 'themes', load: () => import('./OpinionsPage.svelte') }];
