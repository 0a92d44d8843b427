import type { Route } from '../../router/routes';

export const routes: Route[] = [
  { path: '/sign-in', bare: true, load: () => import('./SignInPage.svelte') },
  { path: '/enter', bare: true, load: () => import('./EnterPage.svelte') },
  { path: '/join', bare: true, load: () => import('./CodePage.svelte') },
  { path: '/invited', bare: true, load: () => import('./InvitedPage.svelte') },
  { path: '/join/:token', bare: true, load: () => import('./JoinPage.svelte') },
];
