import type { Route } from '../../router/routes';

const load = () => import('./OrganizePage.svelte');

export const routes: Route[] = [
  { path: '/jam/:slug/organize', place: 'organize', load },
  { path: '/jam/:slug/organize/:part', place: 'organize', load },
];
