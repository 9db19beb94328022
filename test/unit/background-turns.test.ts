import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BackgroundTurns } from '../../main/support/background-turns.ts';

/** A task that ends when it is told to. */
function held<T>(value: T) {
  let end = (): void => undefined;
  const ended = new Promise<T>((resolve) => (end = () => resolve(value)));
  return { task: () => ended, end: () => end() };
}

test('background work waits while an urgent task runs, and a little longer for the one that follows', async () => {
  const turns = new BackgroundTurns();
  const order: string[] = [];
  const first = held('first');
  const urgent = turns.urgent(first.task).then((name) => order.push(name));
  const step = turns.background(() => Promise.resolve(order.push('step')));
  await after(20);
  expect(order).toEqual([]);
  first.end();
  await urgent;
  await turns.urgent(() => Promise.resolve(order.push('second')));
  await step;
  expect(order).toEqual(['first', 'second', 'step']);
});

test('steps run one at a time, so that an urgent task waits for one at most', async () => {
  const turns = new BackgroundTurns();
  const started: number[] = [];
  const steps = [held(0), held(1)];
  const done = steps.map((step, index) =>
    turns.background(() => {
      started.push(index);
      return step.task();
    }),
  );
  await after(20);
  expect(started).toEqual([0]);
  let isAnswered = false;
  const urgent = turns.urgent(() => Promise.resolve((isAnswered = true)));
  steps[0]!.end();
  await urgent;
  expect([isAnswered, started]).toEqual([true, [0]]);
  steps[1]!.end();
  expect(await Promise.all(done)).toEqual([0, 1]);
});

test('urgent tasks without a pause do not stop background work for ever, and a failed step does not stop the next', async () => {
  const turns = new BackgroundTurns();
  const endless = held(null);
  const urgent = turns.urgent(endless.task);
  await expect(turns.background(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.background(() => Promise.resolve('next'))).toBe('next');
  endless.end();
  await urgent;
});

test('what somebody asked for goes before background work, and after urgent tasks', async () => {
  const turns = new BackgroundTurns();
  const order: string[] = [];
  const [urgent, asked] = [held(null), held(null)];
  const done = [
    turns.urgent(urgent.task),
    turns.background(() => Promise.resolve(order.push('background'))),
    turns.asked(() => {
      order.push('asked');
      return asked.task();
    }),
    turns.asked(() => Promise.resolve(order.push('asked next'))),
  ];
  await after(20);
  expect(order).toEqual([]);
  urgent.end();
  await after(20);
  expect(order).toEqual(['asked']);
  asked.end();
  await Promise.all(done);
  expect(order).toEqual(['asked', 'asked next', 'background']);
});

test('a failed step of what somebody asked for does not stop the next', async () => {
  const turns = new BackgroundTurns();
  await expect(turns.asked(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.asked(() => Promise.resolve('next'))).toBe('next');
});

test('the thread sees how many urgent tasks wait, until each has ended or failed', async () => {
  const turns = new BackgroundTurns();
  const shared = structuredClone(turns.waiting);
  const first = held(null);
  const urgent = turns.urgent(first.task);
  const failed = turns.urgent(() => Promise.reject(new Error('broken')));
  expect(shared[0]).toBe(2);
  await expect(failed).rejects.toThrow('broken');
  expect(shared[0]).toBe(1);
  first.end();
  await urgent;
  expect(shared[0]).toBe(0);
});
