import { TwofoldError } from '../../shared/errors.ts';
import type { Resource } from './download.ts';
import { asHttpError, HttpError, PATIENCE, request, type Patience } from './http.ts';
import type { Integrity } from './integrity.ts';
import { readPipConfig, type PipConfig } from './pip-config.ts';

const JSON_INDEX = 'application/vnd.pypi.simple.v1+json';

/** A file of the Python Package Index. */
export interface Wheel {
  /** The project, normalised: `tensorflow-cpu`. */
  project: string;
  file: string;
  integrity: Integrity;
}

/**
 * Asks the package indexes that pip is set up to use where a file can be downloaded, by the Simple Repository API
 * (https://packaging.python.org/specifications/simple-repository-api/), as JSON or HTML.
 *
 * @throws TwofoldError `network` when no index answers or has the file
 */
export async function locateWheel(
  wheel: Wheel,
  patience: Patience = PATIENCE,
  { indexes, cafile }: PipConfig = readPipConfig(),
): Promise<Resource> {
  const failures: string[] = [];
  for (const index of indexes) {
    const { address, headers } = withoutCredentials(`${index}${wheel.project}/`);
    try {
      const accept = `${JSON_INDEX}, text/html;q=0.1`;
      const { response } = await request(address, { ...headers, accept }, patience, { cafile });
      const listed = listFiles(await response.text(), response.url || address);
      const url = listed.find(([name]) => name === wheel.file)?.[1];
      if (url === undefined) throw new HttpError(`an index without ${wheel.file}`, true);
      const sameHost = new URL(url).host === new URL(address).host;
      return {
        url,
        file: wheel.file,
        integrity: wheel.integrity,
        connection: { cafile },
        ...(sameHost && { headers }),
      };
    } catch (error) {
      failures.push(`${address}: ${asHttpError(error).message}`);
    }
  }
  throw new TwofoldError(
    'network',
    failures.join('; ') || `pip is set up without an index on the network that could have ${wheel.file}`,
  );
}

/** Name and absolute address of each file that an index page lists. */
function listFiles(page: string, base: string): [name: string, url: string][] {
  if (page.trimStart().startsWith('{')) {
    const { files } = JSON.parse(page) as { files?: { filename: string; url: string }[] };
    return (files ?? []).map(({ filename, url }) => [filename, new URL(url, base).href]);
  }
  return [...page.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>\s*([^<]+?)\s*<\/a>/gi)].map(
    ([, href, name]) => [name!, new URL(href!.replaceAll('&amp;', '&'), base).href],
  );
}

/** `https://user:password@host/…` as an address and the header that carries the credentials. */
function withoutCredentials(given: string): { address: string; headers: Record<string, string> } {
  const url = new URL(given);
  if (url.username === '' && url.password === '') return { address: url.href, headers: {} };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return {
    address: url.href,
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
  };
}
