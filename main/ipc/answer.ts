import { CALLS, type CallName, type CallOutput, type CallPayload } from '../../shared/contract.ts';
import { toFailure, type Result } from '../../shared/errors.ts';

/** A handler gets the validated payload and returns the result, or throws a TwofoldError. */
export type Handler<Name extends CallName> = (
  payload: CallPayload<Name>,
) => CallOutput<Name> | Promise<CallOutput<Name>>;

export type Handlers = { [Name in CallName]: Handler<Name> };
/** The handlers of one domain: those whose names begin with its prefix. */
export type HandlersOf<Domain extends string> = Pick<Handlers, Extract<CallName, `${Domain}.${string}`>>;

/** Validates the payload, runs the handler and returns its value or error as a `Result`. */
export async function answer(
  handlers: Handlers,
  name: CallName,
  payload: unknown,
  onFailure: (name: string, error: unknown) => void,
): Promise<Result<unknown>> {
  const parsed = CALLS[name].input.safeParse(payload);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
    return refuse(`Invalid payload of ${name}${place}: ${issue?.message ?? 'unknown'}`);
  }
  try {
    const handler = handlers[name] as (payload: unknown) => unknown;
    return { ok: true, value: await handler(parsed.data) };
  } catch (thrown) {
    onFailure(name, thrown);
    return { ok: false, error: toFailure(thrown) };
  }
}

export function refuse(message: string): Result<never> {
  return { ok: false, error: { code: 'bad-input', message } };
}
