#!/usr/bin/env node
// The command line from sources: loads TypeScript with tsx, which is a dependency, and hands over to main/cli.ts.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../main/cli.ts');
process.exitCode = await main(process.argv.slice(2));
