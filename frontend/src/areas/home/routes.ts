import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/', bare: true, load: () => import('./HomePage.svelte') }];
