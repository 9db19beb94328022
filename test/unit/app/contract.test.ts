import { describe, expect, it, vi } from 'vitest';
import { answer, type Handlers } from '../../../main/ipc/answer.ts';
import { bridgeClient } from '../../../renderer/state/client.ts';
import { CALL_NAMES, CALLS, EVENT_NAMES, type CallName } from '../../../shared/contract.ts';
import { TwofoldError } from '../../../shared/errors.ts';

const ignore = (): void => undefined;
const handlers = (some: Partial<Handlers>): Handlers => some as Handlers;

describe('the border between window and main', () => {
  it('names every call and event by its domain, once', () => {
    for (const name of [...CALL_NAMES, ...EVENT_NAMES]) expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
    expect(new Set([...CALL_NAMES, ...EVENT_NAMES]).size).toBe(CALL_NAMES.length + EVENT_NAMES.length);
  });

  it('gives a handler the payload with its defaults', async () => {
    const start = vi.fn(() => ({ importId: 1 }) as never);
    await answer(handlers({ 'import.start': start }), 'import.start', { paths: ['/a'] }, ignore);
    expect(start).toHaveBeenCalledWith({ paths: ['/a'], mode: 'auto' });
  });

  it.each<[CallName, unknown]>([
    ['labels.set', undefined],
    ['labels.set', { ids: [1], label: 2, source: 'mouse' }],
    ['labels.set', { ids: [0], label: 1, source: 'mouse' }],
    ['labels.set', { ids: [1.5], label: 1, source: 'mouse' }],
    ['labels.set', { ids: [1], label: 1, source: 'mouse', more: true }],
    ['pictures.rows', { ids: Array.from({ length: 1001 }, (_, index) => index + 1) }],
    ['project.open', { folder: '' }],
    ['project.open', '/somewhere'],
    ['train.start', { recipe: { epochs: 0 } }],
    ['runs.delete', { run: '../../etc' }],
    ['predict.paste', { bytes: [1, 2, 3] }],
    ['project.close', {}],
  ])('refuses %s with %o, before any handler runs', async (name, payload) => {
    const handler = vi.fn();
    const result = await answer(handlers({ [name]: handler }), name, payload, ignore);
    expect(result).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(handler).not.toHaveBeenCalled();
  });

  it('leaves settings unchanged that a change does not name', () => {
    const parsed = CALLS['project.setSettings'].input.parse({ settings: { gridSizePx: 100 } });
    expect(parsed.settings).toEqual({ gridSizePx: 100 });
    expect(CALLS['system.setSettings'].input.parse({})).toEqual({});
  });

  it('passes on the message of an error, and every failure to the log', async () => {
    const failures = vi.fn();
    const expected = await answer(
      handlers({
        'project.close': () => {
          throw new TwofoldError('busy', 'Wait.');
        },
      }),
      'project.close',
      undefined,
      failures,
    );
    expect(expected).toEqual({ ok: false, error: { code: 'busy', message: 'Wait.' } });
    expect(failures).toHaveBeenCalledWith('project.close', expect.any(TwofoldError));
    const defect = await answer(
      handlers({ 'project.close': () => Promise.reject(new RangeError('off by one')) }),
      'project.close',
      undefined,
      failures,
    );
    expect(defect).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(failures).toHaveBeenLastCalledWith('project.close', expect.any(RangeError));
  });

  it('gives the window the answer, or throws the error with its code', async () => {
    const invoke = vi
      .fn()
      .mockResolvedValueOnce({ ok: true, value: null })
      .mockResolvedValueOnce({ ok: false, error: { code: 'busy', message: 'Wait.' } });
    const client = bridgeClient({ invoke, on: vi.fn(), pathOf: vi.fn() });
    expect(await client.call('project.close')).toBeNull();
    expect(invoke).toHaveBeenCalledWith('project.close', undefined);
    await expect(client.call('labels.undo')).rejects.toMatchObject({ code: 'busy', message: 'Wait.' });
  });
});
