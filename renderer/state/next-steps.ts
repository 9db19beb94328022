import type { CallName } from '../../shared/contract.ts';
import type { MenuCommand } from '../../shared/contract/system.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { NoticeAction } from './notices.svelte.ts';

/** What the steps need of the app. */
interface Steps {
  command(command: MenuCommand): void;
  showLog(): void;
}

/** What a person can do about an error that a notice shows. Where it is empty, the message says what to do. */
export function nextSteps(app: Steps, code: ErrorCode, cause: CallName | null): NoticeAction[] {
  const step = (label: string, command: MenuCommand): NoticeAction => ({
    label,
    act: () => app.command(command),
  });
  const log: NoticeAction = { label: 'Show log', act: () => app.showLog() };
  switch (code) {
    case 'nothing-labelled':
    case 'one-class':
    case 'too-few':
    case 'in-test-set':
      return [step('Go to Library', 'show-library')];
    case 'diverged':
      return [step('Go to Train', 'show-train')];
    case 'crashed':
      return cause?.startsWith('train.') ? [step('Go to Train', 'show-train'), log] : [log];
    case 'internal':
    case 'runtime':
      return [log];
    default:
      return elsewhere(cause).map(([label, command]) => step(label, command));
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
