import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/waiting', bare: true, load: () => import('./WaitingPage.svelte') }];
