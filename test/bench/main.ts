import { parseArgs } from 'node:util';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { toFailure } from '../../shared/errors.ts';
import type { Benchmark } from './benchmark.ts';
import { BENCHMARKS } from './list.ts';
import { machine, toJson, toTable } from './report.ts';

const USAGE = `Usage: npm run bench -- [NAME…] [--json] [--full] [--list]

Measures Twofold's speed and memory beside something else that does the same, in one run. Without names: all that need
nothing more than this checkout. Figures are medians; targets are shown, not asserted. See docs/benchmarks.md.

  --json   one line of JSON for each benchmark; npm itself is quiet with: npm run --silent bench -- NAME --json
  --full   the whole size where a benchmark scales it up from a part
  --list   the names`;

type Request =
  | { kind: 'run'; chosen: readonly Benchmark[]; json: boolean; full: boolean }
  | { kind: 'help' | 'list' }
  | { kind: 'mistake'; message: string };

const OPTIONS = {
  json: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function parse(): Request {
  let parsed;
  try {
    parsed = parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { kind: 'mistake', message: (error as Error).message };
  }
  const { values, positionals: names } = parsed;
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) {
    const known = BENCHMARKS.map(({ name }) => name).join(', ');
    return { kind: 'mistake', message: `There is no benchmark "${unknown}". There are: ${known}.` };
  }
  const chosen = BENCHMARKS.filter(({ name, onRequest = false }) =>
    names.length === 0 ? !onRequest : names.includes(name),
  );
  return { kind: 'run', chosen, json: values.json, full: values.full };
}

async function runAll(chosen: readonly Benchmark[], json: boolean, full: boolean): Promise<number> {
  const progress = new ProgressPrinter(process.stderr);
  if (!json) {
    const { cpu, cores, platform, node } = machine();
    console.log(`${cpu}, ${cores} cores, ${platform}, Node ${node}`);
  }
  let code = 0;
  for (const benchmark of chosen) {
    try {
      const outcome = await benchmark.run({ full, progress });
      progress.finish();
      console.log(json ? toJson(benchmark, outcome) : `\n${toTable(benchmark, outcome)}`);
    } catch (error) {
      progress.finish();
      const { code: kind, message } = toFailure(error);
      console.error(`✗ ${benchmark.name}: ${message}`);
      if (kind === 'internal') console.error(error);
      code = 1;
    }
  }
  return code;
}

function list(): void {
  for (const { name, title, onRequest } of BENCHMARKS) {
    console.log(`${name.padEnd(16)}${title}${onRequest ? ' (only when named)' : ''}`);
  }
}

const request = parse();
switch (request.kind) {
  case 'help':
    console.log(USAGE);
    break;
  case 'list':
    list();
    break;
  case 'mistake':
    console.error(`${request.message}\n\n${USAGE}`);
    process.exitCode = 2;
    break;
  case 'run':
    process.exitCode = await runAll(request.chosen, request.json, request.full);
}
