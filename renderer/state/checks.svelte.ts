import type { CheckReport } from '../../shared/library/pictures.ts';
import { plural } from '../../shared/format.ts';
import type { Progress } from '../../shared/progress.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** The window opens first. */
const QUIET_MS = 3000;

/** Checks the pictures' files: whether they are present and unchanged, and where missing ones are. */
export class Checks {
  running = $state(false);
  progress = $state.raw<Progress | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    client.on('check.progress', (progress) => {
      if (this.running) this.progress = progress;
    });
  }

  /** Checks after a while, since nobody asked for it; the Library shows what is missing. */
  open(isProject: boolean): void {
    clearTimeout(this.#timer);
    if (!isProject) return;
    this.#timer = setTimeout(() => {
      if (!this.running) void this.client.call('pictures.check').catch(() => undefined);
    }, QUIET_MS);
  }

  check(): Promise<CheckReport | undefined> {
    return this.#run(() => this.client.call('pictures.check'));
  }

  /** Asks where missing pictures are now, locates them there, and says how many. */
  async locateFolder(): Promise<void> {
    const [folder] = await this.client.call('system.choose', { purpose: 'locate-folder' });
    if (folder === undefined) return;
    const report = await this.#run(() => this.client.call('pictures.locate', { folder }));
    if (!report) return;
    const { found, missing, changed } = report;
    const left =
      missing + changed === 0 ? '' : ` ${plural(missing + changed, 'file')} still missing or changed.`;
    this.notices.say(`${plural(found, 'file')} located.${left}`);
  }

  async cancel(): Promise<void> {
    await this.client.call('pictures.cancelCheck');
  }

  async #run(work: () => Promise<CheckReport>): Promise<CheckReport | undefined> {
    this.running = true;
    this.progress = null;
    try {
      return await this.notices.attempt(work);
    } finally {
      this.running = false;
    }
  }
}
