import { createServer, type Server } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentKey } from '../../shared/picture-url.ts';
import { AppUnderTest } from '../kit/window/harness.ts';

/** Addresses of this machine that are not the loopback, which Chromium treats as the network it is. */
const outward = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

const WAIT = { timeout: 60_000 };

let app: AppUnderTest;
let folder: string;
let netLog: string;
let server: Server;
let port: number;
let visitors = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twofold-net-'));
  netLog = join(folder, 'net.json');
  server = createServer((socket) => {
    visitors++;
    socket.destroy();
  }).listen(0, '0.0.0.0');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as { port: number }).port;
  app = await AppUnderTest.launch({
    switches: [`--log-net-log=${netLog}`, '--net-log-capture-mode=Everything'],
  });
});

afterAll(async () => {
  await app.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs code in the page, as an attacker who got that far would. */
const inPage = <T>(code: string): Promise<T> => app.page.evaluate<T>(code);

describe('the window', () => {
  it('has no Node, and a bridge of three functions', async () => {
    expect(await inPage('[typeof require, typeof process, typeof module, typeof Buffer]')).toEqual(
      Array(4).fill('undefined'),
    );
    expect(await inPage('Object.keys(twofold).sort()')).toEqual(['invoke', 'on', 'pathOf']);
  });

  it('is sandboxed and isolated', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as Electron.WebContents & {
        getLastWebPreferences(): Electron.WebPreferences;
      };
      const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } =
        contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity };
    });
    expect(preferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
  });

  it('runs no code from strings, and no injected code', async () => {
    // Once the debugger's own evaluation, which may do anything, is over.
    const answers = await inPage<string[]>(`new Promise((done) => setTimeout(() => {
      const tries = {
        eval: () => (0, eval)('1'),
        function: () => new Function('return 1')(),
        innerHTML: () => { document.createElement('div').innerHTML = '<b>x</b>'; },
        script: () => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.head.append(s); },
      };
      done(Object.entries(tries).map(([name, run]) => { try { run(); return name + ' ran'; } catch (e) { return name + ' ' + e.name; } }));
    }))`);
    expect(answers.slice(0, 3)).toEqual(['eval EvalError', 'function EvalError', 'innerHTML TypeError']);
    expect(await inPage('typeof window.pwned')).toBe('undefined');
    app.forgive(/Content Security Policy|TrustedHTML|TrustedScript/);
  });

  it.each(['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'])(
    'may not use %s',
    async (name) => {
      expect(
        await inPage(`navigator.permissions.query({ name: '${name}' }).then((status) => status.state)`),
      ).toBe('denied');
    },
  );
});

describe('main', () => {
  it('answers only calls of the contract', async () => {
    await expect(inPage(`twofold.invoke('fs.readFile', '/etc/passwd')`)).rejects.toThrow(/There is no call/);
    await expect(inPage(`Promise.resolve(twofold.on('anything', () => {}))`)).rejects.toThrow(/no event/);
    expect(await inPage(`twofold.invoke('project.open', { folder: 7 })`)).toMatchObject({
      ok: false,
      error: { code: 'bad-input' },
    });
  });

  it('does not answer other pages, even with our preload script', async () => {
    // An address of ours, but not the page: nothing of the app runs in it.
    const notThePage = await inPage<string>('document.querySelector("link[rel=stylesheet]").href');
    const answer = await app.electron.evaluate(async ({ app: electron, BrowserWindow }, address) => {
      const preload = `${electron.getAppPath()}/dist/main/preload.cjs`;
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await other.loadURL(address);
      const result = (await other.webContents.executeJavaScript(`twofold.invoke('system.info')`)) as unknown;
      other.destroy();
      return result;
    }, notThePage);
    expect(answer).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('window') as string },
    });
  });

  it('serves only files of the window and pictures of the open project', async () => {
    const status = (path: string): Promise<number | string> =>
      app.electron.evaluate(
        async ({ session }, url) =>
          session.defaultSession.fetch(url).then(
            (response) => response.status,
            (error: unknown) => String(error),
          ),
        `app://twofold${path}`,
      );
    const size = (path: string): Promise<number> =>
      app.electron.evaluate(
        async ({ session }, url) =>
          (await (await session.defaultSession.fetch(url)).arrayBuffer()).byteLength,
        `app://twofold${path}`,
      );
    expect(await status('/index.html')).toBe(200);
    const nothing = '1-0123456789ab';
    expect(await status(`/picture/${nothing}?size=thumb`)).toBe(204);
    await app.page.getByRole('button', { name: 'Try the sample pictures' }).click();
    await expect
      .poll(() => app.call('pictures.counts').then(({ total }) => total), WAIT)
      .toBeGreaterThan(100);
    const key = contentKey((await app.call('pictures.rows', { ids: [1] }))[0]!);
    for (const wanted of ['thumb', 'full']) {
      expect(await status(`/picture/${key}?size=${wanted}`)).toBe(200);
      // Of the same number in another project.
      expect(await status(`/picture/${nothing}?size=${wanted}`)).toBe(204);
    }
    expect(await status(`/picture/999999-0123456789ab?size=full`)).toBe(204);
    expect(await size(`/thumbnails?of=${key},${nothing}`)).toBeGreaterThan(1000);
    expect(await size(`/thumbnails?of=${nothing}`)).toBe(4);
    expect(await status('/thumbnails?of=../../../etc/passwd')).toBe(404);
    expect(await status('/assets/..%2f..%2fmain%2fapp.js')).toBe(404);
    expect(await status('/%2e%2e/main/app.js')).toBe(404);
    expect(await status('/tried/00000000-0000-0000-0000-000000000000?size=thumb')).toBe(404);
  });
});

describe('the network', () => {
  it('can’t be reached by the page', async () => {
    expect(outward, 'an address that is not the loopback').toBeDefined();
    const target = `${outward!}:${port}`;
    const outcomes = await inPage<string[]>(`(async () => {
      const settle = (name, work) => Promise.race([
        new Promise((done) => setTimeout(() => done(name + ' timed out'), 1500)),
        Promise.resolve().then(work).then(() => name + ' worked', (error) => name + ' refused'),
      ]);
      const load = (tag, key) => new Promise((good, bad) => {
        const element = document.createElement(tag);
        element.onload = good; element.onerror = bad; element[key] = 'http://${target}/';
        if (tag === 'link') element.rel = 'stylesheet';
        document.head.append(element);
      });
      const socket = () => new Promise((good, bad) => { const s = new WebSocket('ws://${target}/'); s.onopen = good; s.onerror = bad; });
      const hint = (rel) => { const l = document.createElement('link'); l.rel = rel; l.href = 'http://${target}/'; document.head.append(l); };
      ['preconnect', 'dns-prefetch', 'prefetch', 'preload', 'modulepreload'].forEach(hint);
      navigator.sendBeacon('http://${target}/', 'x');
      const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:${target}' }, { urls: 'turn:${target}?transport=tcp', username: 'a', credential: 'b' }] });
      peer.createDataChannel('x'); await peer.setLocalDescription(await peer.createOffer());
      return Promise.all([
        settle('fetch', () => fetch('http://${target}/', { mode: 'no-cors' })),
        settle('image', () => load('img', 'src')),
        settle('script', () => load('script', 'src').catch(() => { throw 1; })),
        settle('style', () => load('link', 'href')),
        settle('websocket', socket),
        settle('name', () => fetch('https://example.com/', { mode: 'no-cors' })),
      ]);
    })()`);
    for (const outcome of outcomes) expect(outcome).toMatch(/refused/);
    await app.page.waitForTimeout(500);
    expect(visitors).toBe(0);
    app.forgive(/Content Security Policy|TrustedScriptURL|ERR_BLOCKED|WebSocket|stun|Permissions policy/i);
  });

  it('is also blocked by the session', async () => {
    const target = `http://${outward!}:${port}/`;
    // A window without our policy, as if ours had none.
    const outcome = await app.electron.evaluate(async ({ BrowserWindow }, url) => {
      const other = new BrowserWindow({ show: false });
      const outcome = await other.loadURL(url).then(
        () => 'worked',
        (error: unknown) => String(error),
      );
      other.destroy();
      return outcome;
    }, target);
    expect(outcome).toContain('ERR_BLOCKED_BY_CLIENT');
    expect(visitors).toBe(0);
  });

  it('navigation and new windows are blocked', async () => {
    await inPage(`(() => {
      window.open('https://example.com/');
      const frame = document.createElement('iframe'); frame.src = 'https://example.com/'; document.body.append(frame);
      const link = document.createElement('a'); link.href = 'https://example.com/'; document.body.append(link); link.click(); link.remove();
      location.href = 'file:///etc/passwd';
    })()`);
    await new Promise((done) => setTimeout(done, 300));
    expect(
      await app.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getURL()),
      ),
    ).toEqual(['app://twofold/index.html']);
    app.forgive(
      /Content Security Policy|Not allowed to load local resource|Failed to load URL|trace-warnings/,
    );
  });

  it('receives no connection during the whole test', async () => {
    const complaints = await app.close();
    expect(complaints).toEqual([]);
    const log = JSON.parse(await readFile(netLog, 'utf8')) as NetLog;
    const seen = addressesIn(log);
    expect(seen.requests.filter((url) => !/^(app|devtools|chrome|data|blob):/.test(url))).toEqual([]);
    expect(seen.names).toEqual([]);
    expect(seen.connections).toEqual([]);
    expect(seen.packets).toBe(0);
  });
});

interface NetLog {
  constants: { logEventTypes: Record<string, number> };
  events: { type: number; params?: Record<string, unknown> }[];
}

/** What Chromium’s own log says that was asked for, looked up, connected to. */
function addressesIn({ constants, events }: NetLog): {
  requests: string[];
  names: string[];
  connections: string[];
  packets: number;
} {
  const eventsOf = (type: string): NetLog['events'] => {
    const number = constants.logEventTypes[type];
    expect(number, type).toBeDefined();
    return events.filter((event) => event.type === number);
  };
  const of = (type: string, key: string): string[] =>
    eventsOf(type)
      .map(({ params }) => params?.[key])
      .filter((value) => typeof value === 'string');
  return {
    // A request that was cancelled before it began is logged as well, with the address it wanted.
    requests: of('URL_REQUEST_START_JOB', 'url').filter((url) => !url.includes(`:${port}/`)),
    names: of('HOST_RESOLVER_MANAGER_JOB', 'host'),
    connections: of('TCP_CONNECT_ATTEMPT', 'address'),
    // Not what was connected: Chromium connects a socket to ask the kernel for a route, and sends nothing.
    packets: eventsOf('UDP_BYTES_SENT').length,
  };
}
