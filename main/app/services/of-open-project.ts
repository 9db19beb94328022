import type { Project } from '../../library/folder.ts';
import type { OpenProject } from './open-project.ts';

/** Something of the open project, such as a thread: made when it is first needed, closed before the project. */
export class OfOpenProject<Thing extends { close: () => Promise<void> }> {
  #current: { project: Project; thing: Thing } | null = null;

  constructor(
    private readonly project: OpenProject,
    private readonly make: (project: Project) => Thing,
  ) {
    project.beforeClose(() => this.#close());
  }

  /** @throws TwofoldError `not-found` if no project is open */
  require(): Thing {
    const project = this.project.require();
    // Something may have asked again while its project was being closed.
    if (this.#current?.project !== project) {
      void this.#close();
      this.#current = { project, thing: this.make(project) };
    }
    return this.#current.thing;
  }

  async #close(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    await current?.thing.close();
  }
}
