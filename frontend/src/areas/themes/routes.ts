import type { Route } from '../../router/routes';

export const routes: Route[] = [
  { path: '/jam/:slug/themes', place: 'themes', load: () => import('./ThemesPage.svelte') },
  { path: '/jam/:slug/themes/:id', place: 'themes', load: () => import('./ThemePage.svelte') },
];
