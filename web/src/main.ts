import { mount } from 'svelte';
import App from './App.svelte';
import { clock } from './state/clock.svelte.ts';
import { composer } from './state/composer.svelte.ts';
import { live } from './state/live.svelte.ts';
import { router } from './state/router.svelte.ts';
import { session } from './state/session.svelte.ts';
import { theme } from './state/theme.svelte.ts';
import './styles/index.css';

// After an upgrade the parts that load later have new names: the new page knows them, and drafts are kept.
addEventListener('vite:preloadError', () => {
  if (live.state === 'open') location.reload();
});

theme.start();
router.start();
composer.start();
clock.start();
session.start();

mount(App, { target: document.getElementById('studio') as HTMLElement });
