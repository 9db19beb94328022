import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** `npm run check`: format, lint, types, licences and svelte-check. All of them run, even if one fails. */
const checks: [name: string, command: string[]][] = [
  ['format', ['prettier', '--check', '.']],
  ['lint', ['eslint', '.', '--max-warnings', '0']],
  ['types', ['tsc', '--noEmit']],
  ['licences', ['tsx', 'scripts/licences.ts', '--check']],
];
if (existsSync('renderer/tsconfig.json')) {
  checks.push(['svelte', ['svelte-check', '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings']]);
}

const failed = checks.filter(([name, command]) => {
  console.log(`\n— ${name}`);
  return (
    spawnSync('npx', ['--no-install', ...command], { stdio: 'inherit', shell: process.platform === 'win32' })
      .status !== 0
  );
});
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.map(([name]) => name).join(', ')}`);
  process.exitCode = 1;
} else console.log('\nAll checks passed.');
