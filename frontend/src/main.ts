import { mount } from 'svelte';
import App from './App.svelte';
import { locale } from './i18n/locale.svelte';
import { router } from './router/router.svelte';
import { scheme } from './session/scheme.svelte';
import { session } from './session/viewer.svelte';
import { registerWorker } from './session/worker';
// What an earlier visit left unsent is sent whatever page is opened.
import './live/commands.svelte';
import './areas/waiting/arrivals';
import './ui/fonts.css';
import './ui/tokens.css';
import './ui/base.css';

locale.apply();
scheme.apply();
router.start();
void session.load();
mount(App, { target: document.getElementById('app') as HTMLElement });
if (import.meta.env.PROD) void registerWorker();
