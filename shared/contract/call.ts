import type { z } from 'zod';

/** A call from the window to main: the schema of its payload and the type of its result. */
export interface CallSpec<Input extends z.ZodType, Output> {
  input: Input;
  /** Never set; carries the type of the result. */
  output?: Output;
}

/** `call(schema).returns<Output>()` */
export function call<Input extends z.ZodType>(
  input: Input,
): { returns: <Output>() => CallSpec<Input, Output> } {
  return { returns: () => ({ input }) };
}

/** An event from main to the window. Main is trusted, so it has a type and no schema. */
export interface EventSpec<Payload> {
  payload?: Payload;
}

export function event<Payload>(): EventSpec<Payload> {
  return {};
}
