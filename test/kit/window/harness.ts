import { mkdtemp, rm, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { CallInput, CallName, CallOutput } from '../../../shared/contract.ts';
import { buildIfStale } from '../../../scripts/build/fresh.ts';
import { callMain } from './call.ts';
import { startDisplay } from './display.ts';
import { keepResults } from './evaluate.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const SCREENS = join(ROOT, 'test/e2e/screens');

/** Electron as set-up installed it, or the one that ELECTRON_OVERRIDE_DIST_PATH names. */
export function electronPath(): string {
  return createRequire(import.meta.url)('electron') as string;
}

export interface LaunchOptions {
  /** Data of an earlier launch, to start again with; default: fresh. */
  home?: string;
  /** More arguments, such as a project to open. */
  args?: string[];
  env?: Record<string, string>;
  /** Width and height of the window's content. */
  size?: [number, number];
  /** Whether pictures are indexed in the background, which takes a core; default false. */
  indexes?: boolean;
  /** Electron's own switches, such as `--log-net-log=FILE`. */
  switches?: string[];
}

/** axe's tags for WCAG 2.2 A and AA, and its best practices, such as one `h1` a screen. */
const WCAG_22 = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Its rules that depend on the theme. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** Before any test, whose time it would take; and once, so that an edit meanwhile does not change what the next start runs. */
await buildIfStale();

/** Electron itself, before any code of ours answers, takes a second. */
const START_PATIENCE_MS = 40_000;

const WATCH_EVERY_MS = 5;

/** A sound app ends within a second; one that is still there after this long hangs. */
const END_PATIENCE_MS = 20_000;

/** The built app under test, with everything it complained about. */
export class AppUnderTest {
  #closed = false;

  private constructor(
    readonly electron: ElectronApplication,
    readonly page: Page,
    /** Folder of this app's data; `documents/` in it is where projects go. */
    readonly home: string,
    private readonly ownsHome: boolean,
    /** Whatever a sound app never says: console errors, page errors, words on main's stderr. */
    readonly complaints: string[],
  ) {}

  /** Starts the app from dist/ on a display of its own. */
  static async launch(options: LaunchOptions = {}): Promise<AppUnderTest> {
    const home = options.home ?? (await mkdtemp(join(tmpdir(), 'twofold-e2e-')));
    await mkdir(join(home, 'documents'), { recursive: true });
    await decideIndexing(home, options.indexes ?? false);
    const { ELECTRON_RUN_AS_NODE: _, ...inherited } = process.env;
    const electron = await _electron.launch({
      timeout: START_PATIENCE_MS,
      // Playwright would emulate a light system; the app's own theme is under test.
      colorScheme: null,
      executablePath: electronPath(),
      args: [
        '-r',
        join(ROOT, 'test/kit/window/wait-for-playwright.cjs'),
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        // Frames at full rate though nobody watches.
        '--disable-renderer-backgrounding',
        '--disable-backgrounding-occluded-windows',
        ...(options.switches ?? []),
        ROOT,
        ...(options.args ?? []),
      ],
      env: {
        ...(inherited as Record<string, string>),
        DISPLAY: await startDisplay(),
        TWOFOLD_HOME: home,
        TWOFOLD_DOCUMENTS: join(home, 'documents'),
        ...options.env,
      },
    });
    keepResults(electron);
    const complaints = listen(electron);
    try {
      const page = await electron.firstWindow();
      const app = new AppUnderTest(electron, page, home, options.home === undefined, complaints);
      if (options.size) await app.resize(...options.size);
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      return app;
    } catch (error) {
      electron.process().kill('SIGKILL');
      throw new Error(`The app did not show its window. ${complaints.join(' ')}`, { cause: error });
    }
  }

  get documents(): string {
    return join(this.home, 'documents');
  }

  /** Sets the size of the window's content, in CSS pixels. */
  async resize(width: number, height: number): Promise<void> {
    await this.electron.evaluate(
      ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w!, h!),
      [width, height],
    );
  }

  async setTheme(theme: 'light' | 'dark' | 'system'): Promise<void> {
    await this.electron.evaluate(({ nativeTheme }, source) => {
      nativeTheme.themeSource = source;
    }, theme);
  }

  /** Answers the next of Electron's dialogs: the only thing of the app that tests replace. */
  async answerDialog(paths: string[] | null): Promise<void> {
    await this.electron.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: chosen === null, filePaths: chosen ?? [] });
      dialog.showSaveDialog = () =>
        Promise.resolve({ canceled: chosen === null, filePath: chosen?.[0] ?? '' });
    }, paths);
  }

  /** Clicks an item of the application menu by its id (a command of the contract). */
  async clickMenu(id: string): Promise<void> {
    await this.electron.evaluate(({ Menu }, wanted) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(wanted);
      if (!item) throw new Error(`There is no menu item ${wanted}.`);
      (item.click as () => void)();
    }, id);
  }

  /** Violations that axe-core finds in what is shown now, in both themes, one sentence each. */
  async accessibility(): Promise<string[]> {
    // Evaluated by the debugger, which the content security policy does not concern.
    await this.page.evaluate(axe.source);
    const found = await this.#axe({ runOnly: WCAG_22 });
    const [before, isDark] = await this.electron.evaluate(
      ({ nativeTheme }) => [nativeTheme.themeSource, nativeTheme.shouldUseDarkColors] as const,
    );
    const other = isDark ? 'light' : 'dark';
    await this.setTheme(other);
    await this.settle();
    const inOther = await this.#axe({ runOnly: { type: 'rule', values: OF_COLOURS } });
    await this.setTheme(before);
    return [...found, ...inOther.map((fault) => `${other}: ${fault}`)];
  }

  async #axe(options: RunOptions): Promise<string[]> {
    const { violations } = await this.page.evaluate<AxeResults>(
      `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })})`,
    );
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} ${failureSummary ?? ''}`,
      ),
    );
  }

  /** Calls main as the window does. @throws Error with main's sentence */
  call<Name extends CallName>(name: Name, payload?: CallInput<Name>): Promise<CallOutput<Name>> {
    return callMain(this.page, name, payload);
  }

  /** Writes light and dark pictures of the window, large and small, to test/e2e/screens/NAME-…png. */
  async screenshots(name: string, sizes: readonly [number, number][] = SIZES): Promise<void> {
    await mkdir(SCREENS, { recursive: true });
    for (const theme of ['light', 'dark'] as const) {
      await this.setTheme(theme);
      for (const [width, height] of sizes) {
        await this.resize(width, height);
        await this.settle();
        await this.page.screenshot({ path: join(SCREENS, `${name}-${theme}-${width}x${height}.png`) });
      }
    }
    await this.setTheme('light');
  }

  /** Waits until what was changed has been drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
    await this.page.waitForTimeout(120);
  }

  /**
   * Begins to measure for how long main's thread computes before it comes back to its event loop: processor time, so that
   * neither a busy machine nor a slow disk counts.
   */
  async watchMain(): Promise<void> {
    await this.electron.evaluate(({ app }, every) => {
      const { readFileSync } = process.getBuiltinModule('node:fs');
      const scheduling = `/proc/self/task/${process.pid}/schedstat`;
      const watch = { awayMs: [0], computedMs: NaN };
      setInterval(() => {
        // Nanoseconds on a core, nanoseconds waiting for one, time slices.
        const computedMs = Number(readFileSync(scheduling, 'utf8').split(' ')[0]) / 1e6;
        if (computedMs > watch.computedMs) watch.awayMs.push(computedMs - watch.computedMs);
        watch.computedMs = computedMs;
      }, every);
      Object.assign(app, { watch });
    }, WATCH_EVERY_MS);
  }

  /** For how long main computed at most, and in 99 of 100 cases, since the last call; in milliseconds. */
  async mainAway(): Promise<{ maxMs: number; p99Ms: number }> {
    const away = await this.electron.evaluate(({ app }) => {
      const { watch } = app as unknown as { watch: { awayMs: number[] } };
      return watch.awayMs.splice(0, Infinity, 0);
    });
    away.sort((a, b) => a - b);
    return { maxMs: away.at(-1)!, p99Ms: away[Math.floor((away.length - 1) * 0.99)]! };
  }

  /** Takes back complaints that a test provoked on purpose. */
  forgive(provoked: RegExp): void {
    this.complaints.splice(0, Infinity, ...this.complaints.filter((text) => !provoked.test(text)));
  }

  /** Closes the window as a person would, and waits for the end. @returns what it complained about */
  async close(): Promise<string[]> {
    if (this.#closed) return this.complaints;
    this.#closed = true;
    const process = this.electron.process();
    const impatient = setTimeout(() => {
      this.complaints.push('main: it did not end when its window was closed');
      process.kill('SIGKILL');
    }, END_PATIENCE_MS);
    await this.electron.close();
    clearTimeout(impatient);
    if (this.ownsHome) await rm(this.home, { recursive: true, force: true });
    return this.complaints;
  }
}

/** Writes the setting into the app's data, unless an earlier launch or the test did. */
async function decideIndexing(home: string, indexes: boolean): Promise<void> {
  const settings = JSON.stringify({ insight: { indexes } });
  await writeFile(join(home, 'settings.json'), settings, { flag: 'wx' }).catch(() => undefined);
}

const SIZES: readonly [number, number][] = [
  [1280, 800],
  [900, 600],
];

/** Chromium's own log lines (no desktop bus, no graphics card under Xvfb) and the debugger that Playwright attaches. */
const OF_THE_PLACE = [
  /^\s*$/,
  /^\[\d+:\d+\/\d+\.\d+:(INFO|WARNING|ERROR):[\w/.]+\.(cc|h|mm)\(\d+\)\]/,
  /^Debugger (listening on|attached|ending on)/,
  /^DevTools listening on/,
  /^For help, see: https:\/\/nodejs\.org/,
  /^Waiting for the debugger/,
];

/** Whether a line on stderr is something that a sound app never says, such as GLib's assertions or a trace. */
export function isComplaint(line: string): boolean {
  return !OF_THE_PLACE.some((known) => known.test(line));
}

/** Collects what main writes to stderr and what the window reports, from the start. */
function listen(electron: ElectronApplication): string[] {
  const complaints: string[] = [];
  const { stderr } = electron.process();
  if (stderr) {
    createInterface(stderr).on('line', (line) => {
      if (isComplaint(line)) complaints.push(`main: ${line}`);
    });
  }
  const context = electron.context();
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  context.on('weberror', (report) => {
    const error = report.error();
    complaints.push(`page: ${error.stack ?? error.message}`);
  });
  return complaints;
}
