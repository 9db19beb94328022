import type { Page } from 'playwright-core';
import type { Bridge, CallInput, CallName, CallOutput } from '../../../shared/contract.ts';

/** Calls main as the window does. @throws Error with main's sentence */
export async function callMain<Name extends CallName>(
  page: Page,
  name: Name,
  payload?: CallInput<Name>,
): Promise<CallOutput<Name>> {
  const result = await page.evaluate(
    ([called, given]) =>
      (globalThis as unknown as { twofold: Bridge }).twofold.invoke(
        called,
        given as CallInput<typeof called>,
      ),
    [name, payload] as const,
  );
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as CallOutput<Name>;
}
