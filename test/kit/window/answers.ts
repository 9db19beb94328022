import type { CallName } from '../../../shared/contract.ts';
import { CALL_CHANNEL } from '../../../shared/contract/channels.ts';
import type { AppUnderTest } from './harness.ts';

/** Main's answers to the window, held back or listened to. */

type Answer = (event: unknown, name: string, payload: unknown) => Promise<unknown>;
/** Electron's own map: in no other way can be asked who answers. */
interface Answers {
  _invokeHandlers: Map<string, Answer>;
}

/**
 * Holds main's answers to a call back, as a slow disk would, so that what the window shows meanwhile can be looked at.
 *
 * @returns lets them go, and all later ones
 */
export async function holdAnswers(app: AppUnderTest, name: CallName): Promise<() => Promise<void>> {
  await app.electron.evaluate(
    ({ ipcMain }, [channel, held]) => {
      const answers = (ipcMain as unknown as Answers)._invokeHandlers;
      const answer = answers.get(channel)!;
      const gate = new Promise<void>((open) => {
        const letGo = (): void => {
          answers.set(channel, answer);
          open();
        };
        Object.assign(globalThis, { letGo });
      });
      answers.set(channel, async (event, called, payload) => {
        const answered = await answer(event, called, payload);
        if (called === held) await gate;
        return answered;
      });
    },
    [CALL_CHANNEL, name] as const,
  );
  return () => app.electron.evaluate(() => (globalThis as unknown as { letGo: () => void }).letGo());
}

/** Notes which calls the window makes. @returns those since, and ends it */
export async function noteCalls(
  app: AppUnderTest,
): Promise<() => Promise<{ name: string; payload: unknown }[]>> {
  await app.electron.evaluate(({ ipcMain }, channel) => {
    const answers = (ipcMain as unknown as Answers)._invokeHandlers;
    const answer = answers.get(channel)!;
    const noted: { name: string; payload: unknown }[] = [];
    answers.set(channel, (event, name, payload) => {
      noted.push({ name, payload });
      return answer(event, name, payload);
    });
    const takeNoted = (): typeof noted => {
      answers.set(channel, answer);
      return noted;
    };
    Object.assign(globalThis, { takeNoted });
  }, CALL_CHANNEL);
  return () =>
    app.electron.evaluate(() =>
      (globalThis as unknown as { takeNoted: () => { name: string; payload: unknown }[] }).takeNoted(),
    );
}
