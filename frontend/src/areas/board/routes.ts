import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug', place: 'board', load: () => import('./BoardPage.svelte') }];
