import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { respond, type PictureSource } from '../../../main/app/shell/respond.ts';
import { contentKey, ORIGIN, pictureUrl, thumbnailsUrl, triedUrl } from '../../../shared/picture-url.ts';

const outside = mkdtempSync(join(tmpdir(), 'twofold-respond-'));
const renderer = join(outside, 'renderer');
mkdirSync(join(renderer, 'assets', 'deep'), { recursive: true });
writeFileSync(join(outside, 'secret.txt'), 'secret');
writeFileSync(join(outside, 'secret.js'), 'secret');
writeFileSync(join(renderer, 'index.html'), 'page');
writeFileSync(join(renderer, 'assets', 'index-1a.js'), 'script');
writeFileSync(join(renderer, 'assets', 'deep', 'index.js'), 'secret');
writeFileSync(join(renderer, 'assets', 'data.bin'), 'secret');

const asked: unknown[] = [];
const source: PictureSource = {
  picture: (id, hash, size) => {
    asked.push([id, hash, size]);
    return Promise.resolve(id === 7 ? { bytes: Buffer.from('seven'), mime: 'image/jpeg' } : null);
  },
  tried: (token) =>
    Promise.resolve(token === 'a-b' ? { bytes: Buffer.from('tried'), mime: 'image/png' } : null),
};
const get = (url: string, init?: RequestInit): Promise<Response> =>
  respond(new Request(url, init), renderer, source);

describe('the app’s own scheme', () => {
  it('serves the page and its files, with a policy that allows nothing inline or external', async () => {
    const page = await get(`${ORIGIN}/index.html`);
    expect(await page.text()).toBe('page');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|http|data:|blob:/);
    const script = await get(`${ORIGIN}/assets/index-1a.js`);
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  it('serves pictures by id and by token', async () => {
    const picture = await get(pictureUrl({ id: 7, sha256: 'abc'.repeat(20) }, 'thumb'));
    expect([picture.status, await picture.text()]).toEqual([200, 'seven']);
    expect(asked.at(-1)).toEqual([7, 'abcabcabcabc', 'thumb']);
    expect((await get(triedUrl('a-b', 'full'))).status).toBe(200);
  });

  it('gives an empty response for a missing picture, as when its project was just closed', async () => {
    const none = await get(pictureUrl({ id: 8, sha256: 'abc'.repeat(20) }, 'full'));
    expect([none.status, await none.text()]).toEqual([204, '']);
  });

  it('serves several thumbnails in one response, each after its length, and none for missing ones', async () => {
    const keys = [8, 7].map((id) => contentKey({ id, sha256: 'abc'.repeat(20) }));
    const answer = await get(thumbnailsUrl(keys));
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from('\0\0\0\0\x05\0\0\0seven'));
  });

  it.each([
    '/',
    '/thumbnails',
    '/thumbnails?of=7',
    '/thumbnails?of=../secret.txt',
    `/thumbnails?of=${Array.from({ length: 33 }, () => '7-abcabcabcabc').join(',')}`,
    '/picture/7?size=thumb',
    '/picture/7-abcabcabcabc',
    '/picture/7-abcabcabcabc?size=huge',
    '/picture/07-abcabcabcabc?size=thumb',
    '/picture/-7-abcabcabcabc?size=thumb',
    '/picture/7e0-abcabcabcabc?size=thumb',
    '/picture/7-abc?size=thumb',
    '/picture/7-abcabcabcabc/../../secret.txt?size=thumb',
    '/tried/unknown?size=thumb',
    '/tried/..%2fsecret.txt?size=thumb',
    '/assets/../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/assets/..%5c..%5csecret.js',
    '/assets/deep/index.js',
    '/assets/data.bin',
    '/assets//etc/passwd',
    '/etc/passwd',
    '/index.html%00.js',
  ])('refuses %s', async (path) => {
    const response = await get(ORIGIN + path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('secret');
  });

  it('refuses other hosts, and methods other than GET', async () => {
    expect((await get('app://elsewhere/index.html')).status).toBe(404);
    expect((await get(`${ORIGIN}/index.html`, { method: 'POST', body: '' })).status).toBe(405);
  });

  it('never answers with a file outside, whatever the path', async () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '\\', 'assets', 'secret.js', 'secret.txt', ''),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        let request: Request;
        try {
          request = new Request(`${ORIGIN}/${parts.join('/')}`);
        } catch {
          return;
        }
        expect(await (await respond(request, renderer, source)).text()).not.toContain('secret');
      }),
      { numRuns: 500 },
    );
  });
});
