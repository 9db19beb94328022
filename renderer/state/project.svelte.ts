import type { ProjectInfo } from '../../shared/contract/project.ts';
import type { RunInfo } from '../../shared/contract/train.ts';
import { DEFAULT_CLASSES, type ClassInfo } from '../../shared/library/classes.ts';
import type { ClassIndex } from '../../shared/library/labels.ts';
import type { LibraryCounts } from '../../shared/library/pictures.ts';
import { projectSettingsSchema, type ProjectSettings } from '../../shared/library/settings.ts';
import { swapPair, swapThreshold } from '../../shared/swap.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import type { Runs } from './runs.svelte.ts';

/** The threshold is stored when the slider has been still for so long. */
const SETTLE_MS = 300;

/** What of a project changed with an announcement of main. */
export interface ProjectChange {
  /** Another project was opened, or none is open any more. */
  isOther: boolean;
  /** The classes changed places. */
  isSwapped: boolean;
  hasOtherThreshold: boolean;
}

/** What every view reads of the open project: its classes, settings, counts and the chosen run. Main announces each change. */
export class ProjectState {
  /** Absolute path of `NAME.twofold`; empty while no project is open. */
  folder = $state('');
  name = $state('');
  /** The second is class 1, the positive one. */
  classes = $state.raw<readonly [ClassInfo, ClassInfo]>(DEFAULT_CLASSES);
  settings = $state.raw<ProjectSettings>(projectSettingsSchema.parse({}));
  /** Null until they are known. */
  counts = $state.raw<LibraryCounts | null>(null);
  /** Changes of labels that `counts` contains and main has not stored yet. */
  unsaved = $state(0);
  /** The threshold while it is moved, until main has stored it. */
  #moved = $state<number | null>(null);
  #runId = $state<string | null>(null);
  #newestId: string | null = null;
  /** The classes have changed places since the project was created. */
  swapped = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly isOpen = $derived(this.folder !== '');
  readonly classNames = $derived<readonly [string, string]>([this.classes[0].name, this.classes[1].name]);
  /** A probability of class 1 above it is class 1. */
  readonly threshold = $derived(this.#moved ?? this.settings.threshold);
  /** The run that Review, Try, Export and the Library use: the chosen one, else the newest; null without a trained one. */
  readonly run = $derived.by<RunInfo | null>(
    () => this.runs.usable.find(({ id }) => id === this.#runId) ?? this.runs.usable[0] ?? null,
  );

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly runs: Runs,
  ) {
    client.on('pictures.counted', (counts) => {
      // Those that are not stored yet are missing in them; the next ones follow.
      if (this.unsaved === 0) this.counts = counts;
    });
  }

  /** Takes what main announces. @returns what changed */
  show(info: ProjectInfo | null): ProjectChange {
    const isOther = (info?.folder ?? '') !== this.folder;
    const before = this.settings.threshold;
    if (isOther) this.#forget();
    if (!info) return { isOther, isSwapped: false, hasOtherThreshold: false };
    const { folder, name, classes, settings, swapped } = info;
    const isSwapped = !isOther && swapped !== this.swapped;
    this.folder = folder;
    this.name = name;
    this.swapped = swapped;
    this.settings = settings;
    const isSame = ({ name, color }: ClassInfo, index: number): boolean =>
      name === this.classes[index]!.name && color === this.classes[index]!.color;
    if (!classes.every(isSame)) this.classes = classes;
    if (isSwapped) this.#swap();
    return { isOther, isSwapped, hasOtherThreshold: !isOther && settings.threshold !== before };
  }

  #forget(): void {
    // Otherwise it would be stored in the project that is opened.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#moved = null;
    this.folder = '';
    this.name = '';
    this.counts = null;
    this.#runId = null;
    this.#newestId = null;
  }

  /** What was counted or moved here before main's announcement is about the other class now. */
  #swap(): void {
    if (this.#moved !== null) this.#moved = swapThreshold(this.#moved);
    if (!this.counts) return;
    const { classes, testClasses } = this.counts;
    this.counts = { ...this.counts, classes: swapPair(classes), testClasses: swapPair(testClasses) };
  }

  async readCounts(): Promise<void> {
    const counts = await this.notices.read(() => this.client.call('pictures.counts'));
    if (counts && this.unsaved === 0) this.counts = counts;
  }

  /** Chooses the run that is used from now on. */
  chooseRun(id: string): void {
    this.#runId = id;
    this.#newestId = this.runs.usable[0]?.id ?? null;
    this.runs.select(id);
  }

  /** Called when the person goes to another view: a run that was trained since is used from there on, not while one looks. */
  chooseNewRun(): void {
    const newest = this.runs.usable[0]?.id ?? null;
    if (newest === this.#newestId) return;
    this.#newestId = newest;
    this.#runId = newest;
  }

  /** Applies at once, and is stored when the slider rests. */
  setThreshold(threshold: number): void {
    this.#moved = threshold;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#storeThreshold(), SETTLE_MS);
  }

  /** How a recipe is repeated in Train. */
  async setRepeat(repeat: ProjectSettings['repeat']): Promise<void> {
    this.settings = { ...this.settings, repeat };
    await this.notices.attempt(() => this.client.call('project.setSettings', { settings: { repeat } }));
  }

  async #storeThreshold(): Promise<void> {
    const timer = this.#timer;
    const settings = { threshold: this.threshold };
    await this.notices.attempt(() => this.client.call('project.setSettings', { settings }));
    if (timer === this.#timer) this.#moved = null;
  }

  /** Changes a class's name or colour; its pictures stay with it. */
  async setClass(index: ClassIndex, change: Partial<ClassInfo>): Promise<void> {
    const classes: [ClassInfo, ClassInfo] = [...this.classes];
    classes[index] = { ...classes[index], ...change };
    await this.notices.attempt(() => this.client.call('project.setClasses', { classes }));
  }
}
