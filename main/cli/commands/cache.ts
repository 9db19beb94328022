import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseBytes } from '../../../shared/bytes.ts';
import { formatBytes, formatCount, plural } from '../../../shared/format.ts';
import {
  CACHE_CONTENTS,
  CACHE_KINDS,
  MIN_CACHE_LIMIT_BYTES,
  type CacheKind,
  type CacheSize,
  type CacheUsage,
} from '../../../shared/library/cache.ts';
import { clearCache, measureCache, trimCache, type CacheOptions } from '../../library/cache/cache.ts';
import { cacheDir, type Project } from '../../library/folder.ts';
import { getSettings, updateSettings } from '../../library/settings.ts';
import { table } from '../format.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';

interface Flags {
  clear?: CacheKind | 'all';
  /** Null: none. */
  limit?: number | null;
}

export function addCache(program: Command, output: Output): void {
  program
    .command('cache')
    .description('show, limit or clear what a project keeps so that it is not computed twice')
    .argument('<project>', 'project folder')
    .addOption(
      new Option('--clear <kind>', 'remove everything of a kind; it is computed again when needed').choices([
        ...CACHE_KINDS,
        'all',
      ]),
    )
    .option(
      '--limit <size>',
      'remove the oldest entries after each command when the cache is larger: 5GB, 500MB, or none',
      parseLimit,
    )
    .addHelpText('after', '\nExamples:\n  twofold cache traps\n  twofold cache traps --limit 5GB')
    .action((given: string, flags: Flags) => {
      const isChange = flags.clear !== undefined || flags.limit !== undefined;
      return withProject(given, output, (project) => cache(project, flags, output), { readOnly: !isChange });
    });
}

function parseLimit(text: string): number | null {
  if (text.trim().toLowerCase() === 'none') return null;
  const bytes = parseBytes(text);
  if (bytes === null) throw new InvalidArgumentError('Expected a size such as 5GB or 500MB, or none.');
  if (bytes < MIN_CACHE_LIMIT_BYTES || !Number.isSafeInteger(bytes))
    throw new InvalidArgumentError(`Expected at least ${formatBytes(MIN_CACHE_LIMIT_BYTES)}, or none.`);
  return bytes;
}

async function cache(project: Project, { clear, limit }: Flags, output: Output): Promise<void> {
  const dir = cacheDir(project);
  if (limit !== undefined) updateSettings(project.db, { cacheLimitBytes: limit });
  const { cacheLimitBytes } = getSettings(project.db);
  const { usage, removed, isInUse } = await cancellable(output, ({ signal }) => {
    const options: CacheOptions = {
      signal,
      onProgress: (progress) => output.progress('Removing files', progress),
    };
    return change(dir, { clear, limitBytes: limit ?? null }, options);
  });
  output.event('done', { folder: dir, limitBytes: cacheLimitBytes, ...usage, removed });
  if (removed.files > 0)
    output.line(`Removed ${plural(removed.files, 'file')} (${formatBytes(removed.bytes)}).`);
  if (isInUse) output.note('A job is using the cache. It is trimmed to the limit after a later command.');
  showUsage(usage, cacheLimitBytes, output);
}

async function change(
  dir: string,
  { clear, limitBytes }: { clear: Flags['clear']; limitBytes: number | null },
  options: CacheOptions,
): Promise<{ usage: CacheUsage; removed: CacheSize; isInUse: boolean }> {
  const removed: CacheSize = { files: 0, bytes: 0 };
  const count = (some: CacheSize): void => {
    removed.files += some.files;
    removed.bytes += some.bytes;
  };
  if (clear !== undefined) {
    const cleared = await clearCache(dir, clear === 'all' ? CACHE_KINDS : [clear], options);
    count(cleared.removed);
    if (limitBytes === null) return { usage: cleared.usage, removed, isInUse: false };
  }
  const trimmed = limitBytes === null ? null : await trimCache(dir, limitBytes, options);
  if (trimmed) count(trimmed.removed);
  const usage = trimmed?.usage ?? (await measureCache(dir, options));
  return { usage, removed, isInUse: limitBytes !== null && trimmed === null };
}

function showUsage({ kinds, total }: CacheUsage, limitBytes: number | null, output: Output): void {
  const row = (name: string, { files, bytes }: CacheSize, contents: string): string[] => [
    name,
    formatBytes(bytes),
    formatCount(files),
    contents,
  ];
  output.line(
    table(
      ['kind', 'size', 'files', 'contents'],
      [...CACHE_KINDS.map((kind) => row(kind, kinds[kind], CACHE_CONTENTS[kind])), row('total', total, '')],
    ),
  );
  output.line(
    limitBytes === null
      ? 'No limit. Set one with --limit 5GB.'
      : `Limit: ${formatBytes(limitBytes)}. The oldest entries are removed first; the index is kept.`,
  );
  if (limitBytes !== null && total.bytes > limitBytes)
    output.line('The cache is over its limit now, and is trimmed after the next job.');
}
