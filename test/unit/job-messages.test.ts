import { describe, expect, it } from 'vitest';
import { readJobCommand, readJobMessage } from '../../main/training/messages.ts';

describe('messages between main and the process of a job', () => {
  it.each([
    { type: 'event', jobId: 'a', event: { type: 'paused' } },
    { type: 'page', jobId: 'a', page: { field: 'scores', rows: [{ id: 1 }] } },
    { type: 'done', jobId: 'a', result: { kind: 'write-export' } },
    { type: 'failed', jobId: 'a', error: { code: 'disk-full', message: 'The disk is full.' } },
  ])('are passed on as they are: $type', (message) => {
    expect(readJobMessage(message)).toBe(message);
  });

  it.each([
    null,
    'done',
    { type: 'done', jobId: 'a' },
    { type: 'page', jobId: 'a', page: { field: 'scores', rows: 1 } },
    { type: 'event', jobId: 1, event: { type: 'paused' } },
    { type: 'failed', jobId: 'a', error: { code: 'no such code', message: '' } },
    { type: 'exit', jobId: 'a' },
  ])('are refused where they are malformed: %j', (message) => {
    expect(() => readJobMessage(message)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('are checked in both directions', () => {
    const start = { type: 'start', jobId: 'a', job: { kind: 'predict' } };
    expect(readJobCommand(start)).toBe(start);
    expect(() => readJobCommand({ ...start, type: 'run' })).toThrow(/malformed/);
    expect(() => readJobCommand({ ...start, job: {} })).toThrow(/malformed/);
  });
});
