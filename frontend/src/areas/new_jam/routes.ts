import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/new', load: () => import('./NewJamPage.svelte') }];
