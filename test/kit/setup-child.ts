import { download, type Resource } from '../../scripts/setup/download.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';

/** A process of its own that downloads one file: `node setup-child.ts URL FILE INTEGRITY`. */
const [url = '', file = '', integrity = ''] = process.argv.slice(2);
await download({ url, file, integrity } as Resource, new ProgressPrinter(process.stdout));
process.exit(0);
