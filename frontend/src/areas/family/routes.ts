import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/family', place: 'family', load: () => import('./FamilyPage.svelte') }];
