import { expect, test } from 'vitest';
import type { CallName } from '../../../shared/contract.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { nextSteps } from '../../../renderer/state/next-steps.ts';

/** What the buttons of an error are called, and what they ask the app for. */
function offered(code: ErrorCode, cause: CallName | null): [string[], string[]] {
  const asked: string[] = [];
  const app = {
    command: (command: string) => asked.push(command),
    showLog: () => asked.push('log'),
    locateFolder: () => asked.push('locate'),
  };
  const actions = nextSteps(app, code, cause);
  actions.forEach(({ act }) => act());
  return [actions.map(({ label }) => label), asked];
}

test.each<[ErrorCode, CallName | null, string[], string[]]>([
  ['missing-files', 'train.start', ['Locate folder…'], ['locate']],
  ['missing-files', 'pictures.reveal', ['Locate folder…'], ['locate']],
  // Weights or a model.
  ['not-found', 'train.start', [], []],
  ['not-found', 'project.open', ['Open a project…'], ['open-project']],
  ['disk-full', 'train.start', ['Storage…'], ['storage']],
  ['disk-full', null, ['Storage…'], ['storage']],
  ['read-only', 'project.create', ['New project…'], ['new-project']],
  ['exists', 'project.create', ['New project…'], ['new-project']],
  ['corrupt', 'project.open', ['Open a project…', 'Show log'], ['open-project', 'log']],
  ['busy', 'train.start', ['Go to Train'], ['show-train']],
  ['busy', 'train.measureSpeed', [], []],
  ['disk-full', 'project.create', ['New project…'], ['new-project']],
  ['busy', 'import.start', ['Go to Library'], ['show-library']],
  ['busy', 'project.open', ['Open a project…'], ['open-project']],
  ['busy', 'predict.start', ['Go to Try'], ['show-try']],
  ['too-few', 'train.start', ['Go to Library'], ['show-library']],
  ['internal', null, ['Show log'], ['log']],
])('%s of %s offers the next action', (code, cause, labels, commands) => {
  expect(offered(code, cause)).toEqual([labels, commands]);
});
