/* eslint-disable svelte/prefer-svelte-reactivity -- replaced as a whole */
import type { LibraryFolder } from '../../shared/library/pictures.ts';
import { visibleFolders } from '../lib/folder-tree.ts';
import type { Client } from './client.ts';

/** The folders of the pictures, as a tree whose branches open and close. */
export class LibraryFolders {
  all = $state.raw<readonly LibraryFolder[]>([]);
  #open = $state.raw<ReadonlySet<string>>(new Set());
  readonly visible = $derived(visibleFolders(this.all, this.#open));

  constructor(private readonly client: Client) {}

  clear(): void {
    this.all = [];
    this.#open = new Set();
  }

  async refresh(): Promise<void> {
    this.all = await this.client.call('pictures.folders');
  }

  toggle(path: string): void {
    const open = new Set(this.#open);
    if (!open.delete(path)) open.add(path);
    this.#open = open;
  }
}
