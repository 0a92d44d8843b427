import type { Route } from '../../router/routes';

export const routes: Route[] = [
  { path: '/jam/:slug/invite', place: 'invite', load: () => import('./InvitePage.svelte') },
  { path: '/jam/:slug/organize/wall/:id', place: 'organize', bare: true, load: () => import('./WallPage.svelte') },
];
