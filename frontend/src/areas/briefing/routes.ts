import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/briefing', place: 'briefing', load: () => import('./BriefingPage.svelte') }];
