import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const api = process.env['MUSINGS_API'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name }) => `assets/${name.replaceAll('-', '_')}-[hash].js`,
        // What the studio begins with, and all that this needs, in one file: split by who shares what it is larger.
        codeSplitting: { groups: [{ name: 'studio', test: /\/src\/main\.ts$/ }] },
      },
    },
    reportCompressedSize: false,
    // Which files a part of the page needs, for the server to name them before the page asks.
    manifest: true,
  },
  server: { proxy: { '/api': api, '/media': api } },
});
