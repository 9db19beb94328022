import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the mirror answers one path. */
export type Behaviour =
  | { kind: 'good'; body: Buffer; ranges?: boolean; headers?: Record<string, string> }
  /** Announces the whole, sends `bytes` of it and breaks off; `good` from the `after`-th request on. */
  | { kind: 'truncated'; body: Buffer; bytes: number; after: number }
  /** Answers with `bytes` of the body and then says nothing more. */
  | { kind: 'stalled'; body: Buffer; bytes: number; after: number }
  | { kind: 'status'; status: number; after: number; body?: Buffer }
  /** Answers when `until` is over. */
  | { kind: 'held'; body: Buffer; until: Promise<void> }
  | { kind: 'silent' };

export interface Mirror {
  url: string;
  /** Requests so far, as `PATH RANGE`. */
  requests: string[];
  headers: IncomingMessage['headers'][];
  serve: (path: string, behaviour: Behaviour) => void;
  close: () => Promise<void>;
}

/** A download server on the loopback that behaves as badly as a test wants. */
export async function startMirror(): Promise<Mirror> {
  const paths = new Map<string, { behaviour: Behaviour; seen: number }>();
  const requests: string[] = [];
  const headers: Mirror['headers'] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    requests.push(`${path} ${request.headers.range ?? 'whole'}`);
    headers.push(request.headers);
    const entry = paths.get(path);
    if (entry === undefined) response.writeHead(404).end();
    else answer(entry.behaviour, ++entry.seen, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    headers,
    serve: (path, behaviour) => paths.set(path, { behaviour, seen: 0 }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(
  behaviour: Behaviour,
  seen: number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (behaviour.kind) {
    case 'silent':
      return;
    case 'held':
      void behaviour.until.then(() => send(behaviour.body, true, {}, request, response));
      return;
    case 'status':
      if (behaviour.body !== undefined && seen >= behaviour.after)
        send(behaviour.body, true, {}, request, response);
      else response.writeHead(behaviour.status).end();
      return;
    case 'good':
      send(behaviour.body, behaviour.ranges ?? true, behaviour.headers ?? {}, request, response);
      return;
    case 'truncated':
    case 'stalled': {
      const { body, bytes, after, kind } = behaviour;
      if (seen >= after) {
        send(body, true, {}, request, response);
        return;
      }
      response.writeHead(200, { 'content-length': body.byteLength });
      response.write(body.subarray(0, bytes), () => {
        // A moment later, so that what was sent has arrived.
        if (kind === 'truncated') setTimeout(() => response.destroy(), 50);
      });
    }
  }
}

function send(
  body: Buffer,
  ranges: boolean,
  headers: Record<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (!ranges || from === 0) {
    response.writeHead(200, { 'content-length': body.byteLength, ...headers }).end(body);
  } else if (from >= body.byteLength) {
    response.writeHead(416).end();
  } else {
    const rest = body.subarray(from);
    const range = `bytes ${from}-${body.byteLength - 1}/${body.byteLength}`;
    response
      .writeHead(206, { 'content-length': rest.byteLength, 'content-range': range, ...headers })
      .end(rest);
  }
}

/** SHA-512 in npm's form. */
export const sha512 = (body: Buffer): `sha512-${string}` =>
  `sha512-${createHash('sha512').update(body).digest('base64')}`;
