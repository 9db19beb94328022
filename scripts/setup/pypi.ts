import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import { TwofoldError } from '../../shared/errors.ts';
import type { Integrity } from '../../main/files/download.ts';
import { NetworkError, PATIENCE, request, sender, type Patience, type Send } from '../../main/files/http.ts';
import type { Resource } from './download.ts';
import { readPipConfig, type PipConfig } from './pip-config.ts';

/** A file of the Python Package Index. */
export interface Wheel {
  /** Normalised name: `tensorflow-cpu`. */
  project: string;
  file: string;
  integrity: Integrity;
}

/**
 * Asks the package indexes that pip is set up with for the address of a file, by the Simple Repository API
 * (https://packaging.python.org/specifications/simple-repository-api/), as JSON or HTML.
 *
 * @throws TwofoldError `network` when no index answers or has the file
 */
export async function locateWheel(
  { project, file, integrity }: Wheel,
  patience: Patience = PATIENCE,
  { indexes, cafile }: PipConfig = readPipConfig(),
): Promise<Resource> {
  const send = sender(cafile === undefined ? undefined : [...rootCertificates, readFileSync(cafile, 'utf8')]);
  const failures: string[] = [];
  for (const index of indexes) {
    const { address, authorised } = withoutCredentials(new URL(`${project}/`, index), send);
    const headers = { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.1' };
    try {
      const url = await request(address, { headers, patience, send: authorised }, async (answer) => {
        const page = answer.body === null ? '' : await text(answer.body);
        return findFile(page, file, answer.url || address);
      });
      if (url !== undefined) return { url, file, integrity, send: authorised };
      failures.push(`${address}: the index does not have ${file}`);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      failures.push(`${address}: ${error.message}`);
    }
  }
  throw new TwofoldError(
    'network',
    failures.join('; ') || 'pip is set up without a package index on the network',
  );
}

/** The absolute address of a file in an index page. */
function findFile(page: string, file: string, base: string): string | undefined {
  const links = page.trimStart().startsWith('{')
    ? (JSON.parse(page) as { files: { filename: string; url: string }[] }).files
    : [...page.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>\s*([^<]+?)\s*<\/a>/gi)].map(
        ([, href, filename]) => ({ filename, url: href!.replaceAll('&amp;', '&') }),
      );
  const url = links.find(({ filename }) => filename === file)?.url;
  return url === undefined ? undefined : new URL(url, base).href;
}

/** Takes the credentials out of `https://user:password@host/…` and sends them as a header, to this host only. */
function withoutCredentials(
  { username, password, host, href }: URL,
  send: Send,
): { address: string; authorised: Send } {
  const url = new URL(href);
  url.username = url.password = '';
  if (username === '' && password === '') return { address: url.href, authorised: send };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return {
    address: url.href,
    authorised: (to, headers, signal) =>
      send(to, new URL(to).host === host ? { ...headers, authorization } : headers, signal),
  };
}
