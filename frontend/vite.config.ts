import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { trustedDocuments } from './scripts/trusted_documents.ts';

const SERVER = process.env.HOTHOUSE_SERVER ?? 'http://127.0.0.1:8000';
const passOn = { target: SERVER, changeOrigin: false };

/** The service worker is our own file: a generated one would be blocked by Trusted Types. */
const offline = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'src',
  filename: 'service_worker.ts',
  injectRegister: null,
  manifest: {
    id: '/',
    name: 'Hothouse',
    short_name: 'Hothouse',
    description: 'Live innovation jams: post ideas, build on each other, choose together.',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#FBFAF5',
    theme_color: '#1B6E45',
    icons: [
      { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  },
  injectManifest: {
    // index.html carries a nonce that the server writes anew into each response: it is kept at run time instead.
    globPatterns: ['**/*.{js,css,woff2,svg}'],
    globIgnores: ['service_worker.js'],
  },
});

const words = paraglideVitePlugin({
  project: './project.inlang',
  outdir: './src/paraglide',
  strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
});

export default defineConfig(({ command, mode }) => ({
  plugins: [
    // `npm run words` compiles the messages for builds and tests; while developing they are followed.
    ...(command === 'serve' && mode === 'development' ? [words] : []),
    svelte(),
    trustedDocuments(),
    ...(mode === 'test' ? [svelteTesting()] : [offline]),
  ],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: 'dist',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    sourcemap: false,
    // A file for each message would be hundreds of requests.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'words', test: /src\/paraglide\// }] } } },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/graphql': { ...passOn, ws: true },
      '/auth': passOn,
      '/own': passOn,
      '/export': passOn,
      '/healthz': passOn,
      '/metrics': passOn,
    },
  },
  test: { environment: 'jsdom', maxWorkers: '100%', include: ['src/**/*.test.ts'], setupFiles: ['src/test_setup.ts'], restoreMocks: true },
}));
