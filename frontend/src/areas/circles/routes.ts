import type { Route } from '../../router/routes';

export const routes: Route[] = [
  { path: '/jam/:slug/circles', place: 'circles', load: () => import('./CirclesPage.svelte') },
  { path: '/jam/:slug/circles/:id', place: 'circles', load: () => import('./CirclePage.svelte') },
];
