import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/operations', load: () => import('./OperationsPage.svelte') }];
