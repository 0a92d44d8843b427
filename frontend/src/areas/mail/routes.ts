import type { Route } from '../../router/routes';

export const routes: Route[] = [{ path: '/mail/end/:secret', bare: true, load: () => import('./MailEndPage.svelte') }];
