#!/usr/bin/env node
import { loadCli } from './build/cli.mjs';

const { main } = await loadCli();
process.exitCode = await main(process.argv.slice(2));
