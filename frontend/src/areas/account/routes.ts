import type { Route } from '../../router/routes';

export const routes: Route[] = [
  { path: '/account', bare: true, load: () => import('./AccountPage.svelte') },
  { path: '/account/data', bare: true, load: () => import('./DataPage.svelte') },
];
