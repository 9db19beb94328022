/**
 * Makes `electron path/to/app` work with the Electron from the npm registry. Packed as resources/default_app.asar,
 * which packagers do not include in apps.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const preloads = [];
let target;
const args = process.argv.slice(1);
for (let index = 0; index < args.length && target === undefined; index++) {
  const arg = args[index];
  if (arg === '-r' || arg === '--require') preloads.push(args[++index]);
  else if (!arg.startsWith('-')) target = resolve(arg);
}

try {
  if (target === undefined) throw new Error('No app given. Usage: electron path/to/app');
  const require = createRequire(join(process.cwd(), 'noop.js'));
  for (const path of preloads) require(path);
  let main = target;
  if (statSync(target).isDirectory()) {
    const about = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
    app.setName(about.productName ?? about.name ?? app.name);
    if (about.version !== undefined) app.setVersion(about.version);
    main = join(target, about.main ?? 'index.js');
    app.setAppPath(target);
  } else {
    app.setAppPath(dirname(target));
  }
  // Electron delays `ready` until this module is loaded, so the app can still run code that must come before it.
  await import(pathToFileURL(main).href);
} catch (error) {
  console.error(error);
  app.exit(1);
}
