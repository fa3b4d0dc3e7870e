import { mount } from 'svelte';
import App from './App.svelte';
import { watchSheets } from './lib/sheets.ts';
import { clock } from './state/clock.svelte.ts';
import { composer } from './state/composer.svelte.ts';
import { router } from './state/router.svelte.ts';
import { session } from './state/session.svelte.ts';
import { theme } from './state/theme.svelte.ts';
import './styles/index.css';

watchSheets();
theme.start();
router.start();
composer.start();
clock.start();
session.start();

mount(App, { target: document.getElementById('studio') as HTMLElement });
