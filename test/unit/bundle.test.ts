import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { expect, it } from 'vitest';
import { CHILDREN } from '../../scripts/build/bundle.mjs';
import { ROOT } from '../../scripts/build/sources.mjs';

it('the bundle contains every module that is started in a thread or process of its own', () => {
  const sources = readdirSync(join(ROOT, 'main'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('main', file));
  const started = sources.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bentry\(import\.meta\.url, '([^']+)'/g)].map(
      ([, module]) => join(dirname(file), module!),
    ),
  );
  const named = Object.fromEntries(started.map((module) => [parse(module).name, module]));
  expect(started.length).toBeGreaterThan(5);
  expect(CHILDREN).toEqual(named);
});
