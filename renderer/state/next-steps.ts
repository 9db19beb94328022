import type { CallName } from '../../shared/contract.ts';
import type { MenuCommand } from '../../shared/contract/system.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { NoticeAction } from './notices.svelte.ts';

/** What the steps need of the app. */
interface Steps {
  command(command: MenuCommand): void;
  showLog(): void;
  /** Asks where the project's missing pictures are now. */
  locateFolder(): void;
}

/** What a person can do about an error that a notice shows. Where it is empty, the message says what to do. */
export function nextSteps(app: Steps, code: ErrorCode, cause: CallName | null): NoticeAction[] {
  const step = (label: string, command: MenuCommand): NoticeAction => ({
    label,
    act: () => app.command(command),
  });
  const again = elsewhere(cause).map(([label, command]) => step(label, command));
  const log: NoticeAction = { label: 'Show log', act: () => app.showLog() };
  switch (code) {
    case 'nothing-labelled':
    case 'one-class':
    case 'too-few':
    case 'in-test-set':
      return [step('Go to Library', 'show-library')];
    case 'missing-files':
      return [{ label: 'Locate folder…', act: () => app.locateFolder() }];
    case 'disk-full':
      // Without a project there is no cache to clear.
      return cause?.startsWith('project.') ? again : [step('Storage…', 'storage')];
    case 'corrupt':
      // Another project can be opened; the log says which file is damaged.
      return [...again, log];
    case 'busy': {
      // It is asked for in Train, and any other work may be in the way.
      if (cause === 'train.measureSpeed') return [];
      const place = placeOf(cause);
      return place ? [step(...place)] : again;
    }
    case 'diverged':
      return [step('Go to Train', 'show-train')];
    case 'crashed':
      return cause?.startsWith('train.') ? [step('Go to Train', 'show-train'), log] : [log];
    case 'internal':
    case 'runtime':
      return [log];
    default:
  }
  return again;
}

/** Where the task is seen, and cancelled, that is in the way of another of its kind. */
function placeOf(cause: CallName | null): [string, MenuCommand] | null {
  switch (cause?.split('.', 1)[0]) {
    case 'train':
    case 'cross':
    case 'search':
      return ['Go to Train', 'show-train'];
    case 'evaluate':
      return ['Go to Review', 'show-review'];
    case 'predict':
      return ['Go to Try', 'show-try'];
    case 'export':
      return ['Go to Export', 'show-export'];
    case 'import':
      return ['Go to Library', 'show-library'];
    default:
      return null;
  }
}

/** To choose again, after a choice that failed. */
function elsewhere(cause: CallName | null): [string, MenuCommand][] {
  switch (cause) {
    case 'project.openFolder':
      return [['Open a folder…', 'open-folder']];
    case 'project.open':
      return [['Open a project…', 'open-project']];
    case 'project.create':
      return [['New project…', 'new-project']];
    case 'import.start':
      return [
        ['Import folder…', 'import-folder'],
        ['Import CSV…', 'import-csv'],
      ];
    default:
      return [];
  }
}
