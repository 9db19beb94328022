import { getContext, setContext } from 'svelte';
import type { AppState } from './app.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

const KEY = Symbol('app');

/** Puts the app's state where every component below finds it. */
export function provideApp(app: AppState): AppState {
  return setContext(KEY, app);
}

/** The app's state, with its client. Called while a component is created. */
export function useApp(): AppState {
  return getContext<AppState>(KEY);
}

/** The open project, for what is shown only while one is open. */
export function useProject(): ProjectState {
  return useApp().opened;
}
