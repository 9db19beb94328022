import './no-eval.ts';
import { mount } from 'svelte';
import App from './App.svelte';
import './theme.css';
import './base.css';
import { bridgeClient } from './state/client.ts';
import { reportErrors } from './state/window-errors.ts';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no #app to show Twofold in.');
const client = bridgeClient(window.twofold);
reportErrors(client);
mount(App, { target, props: { client } });
