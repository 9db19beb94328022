import type { z } from 'zod';

/** One call of the window into main: how its payload is checked, and (as a type only) what it answers. */
export interface CallSpec<Input extends z.ZodType, Output> {
  input: Input;
  /** Never there at run time; carries the type of the answer. */
  output?: Output;
}

/** `call(schema).returns<Answer>()` */
export function call<Input extends z.ZodType>(
  input: Input,
): { returns: <Output>() => CallSpec<Input, Output> } {
  return { returns: () => ({ input }) };
}

/** One event of main for the window; data only, sent by ourselves, so it has a type and no schema. */
export interface EventSpec<Payload> {
  payload?: Payload;
}

export function event<Payload>(): EventSpec<Payload> {
  return {};
}
