import type { Route } from '../../router/routes';

const load = () => import('./JamPage.svelte');

/** One page for both: on a wide screen board and idea stand side by side, and the board stays as it is. */
export const routes: Route[] = [
  { path: '/jam/:slug', place: 'board', load },
  { path: '/jam/:slug/idea/:id', place: 'board', load },
];
