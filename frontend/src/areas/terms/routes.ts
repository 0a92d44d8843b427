import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/terms', place: 'terms', load: () => import('./TermsPage.svelte') }];
