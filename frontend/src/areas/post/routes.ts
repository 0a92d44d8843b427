import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/jam/:slug/post', place: 'post', load: () => import('./PostPage.svelte') }];
