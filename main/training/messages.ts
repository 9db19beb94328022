import { z } from 'zod';
import { ERROR_CODES, TwofoldError } from '../../shared/errors.ts';
import type { JobCommand, JobMessage } from '../../shared/jobs/messages.ts';

/*
 * Checks the messages between main and a job's process. Only envelopes are checked, not their contents: both sides are of
 * the same build, and checking 100,000 predictions would block the app.
 */

const jobId = z.string();
const contents = (key: 'type' | 'kind') => z.looseObject({ [key]: z.string() });

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), jobId, event: contents('type') }),
  z.object({
    type: z.literal('page'),
    jobId,
    page: z.object({ field: z.string(), rows: z.custom<readonly unknown[]>(Array.isArray) }),
  }),
  z.object({ type: z.literal('done'), jobId, result: contents('kind') }),
  z.object({
    type: z.literal('failed'),
    jobId,
    error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }),
  }),
]);

const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('pictures'), jobId, pictures: z.custom<readonly unknown[]>(Array.isArray) }),
  z.object({ type: z.literal('start'), jobId, job: contents('kind') }),
  z.object({ type: z.literal('ask'), jobId, question: z.looseObject({ number: z.number() }) }),
  z.object({ type: z.enum(['pause', 'resume', 'stop', 'cancel', 'received']), jobId }),
]);

/** @throws TwofoldError `internal` unless it is a message of a job's process */
export const readJobMessage = (message: unknown): JobMessage => read(messageSchema, message) as JobMessage;

/** @throws TwofoldError `internal` unless it is a command to a job's process */
export const readJobCommand = (command: unknown): JobCommand => read(commandSchema, command) as JobCommand;

function read(schema: z.ZodType, message: unknown): unknown {
  const { success, error } = schema.safeParse(message);
  // Not the parsed copy, to save memory.
  if (success) return message;
  throw new TwofoldError('internal', `A message between processes is malformed: ${z.prettifyError(error)}`);
}
