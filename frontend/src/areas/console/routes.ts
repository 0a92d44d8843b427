import type { Route } from '../../router/routes';

export const routes: Route[] = [
  { path: '/jam/:slug/console', place: 'console', load: () => import('./ConsolePage.svelte') },
  { path: '/jam/:slug/console/themes', place: 'console', load: () => import('../themes/proposals/ProposalsPage.svelte') },
];
