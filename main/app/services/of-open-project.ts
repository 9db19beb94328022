import type { Project } from '../../library/folder.ts';
import { projectClosed } from '../../support/project-thread.ts';
import type { OpenProject } from './open-project.ts';

/** Something of the open project, such as a thread: made when it is first needed, closed before the project. */
export class OfOpenProject<Thing extends { close: () => Promise<void> }> {
  #current: { project: Project; thing: Thing } | null = null;
  /** The project that is being closed, or was the last to be. */
  #closed: Project | null = null;

  constructor(
    private readonly project: OpenProject,
    private readonly make: (project: Project) => Thing,
  ) {
    project.beforeClose(() => {
      this.#closed = project.current;
      return this.end();
    });
  }

  /** What was made; null before. */
  get current(): Thing | null {
    return this.#current?.thing ?? null;
  }

  /** @throws TwofoldError `not-found` if no project is open, or if it is being closed */
  require(): Thing {
    const project = this.project.require();
    if (project === this.#closed) throw projectClosed();
    this.#current ??= { project, thing: this.make(project) };
    return this.#current.thing;
  }

  /** Closes it; the next `require` makes another. */
  async end(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    await current?.thing.close();
  }
}
