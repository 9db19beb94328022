import { build } from './build/build.ts';
import { appStamp } from './build/fresh.ts';

/** `npm run build`: builds the app into dist/. */
const startedMs = Date.now();
await build(appStamp());
console.log(`Built dist/ in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
