import type { Route } from '../../router/routes';

export const routes: Route[] = [
  { path: '/sign-in', bare: true, load: () => import('./SignInPage.svelte') },
  { path: '/enter', bare: true, load: () => import('./EnterPage.svelte') },
  { path: '/join/:token', bare: true, load: () => import('./JoinPage.svelte') },
];
