import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { Dispatcher, Response } from 'undici';

/** How long to wait, and how often to try again. Tests shorten them. */
export interface Patience {
  /** For the first answer of a server. Short: behind some firewalls nothing ever comes. */
  answerMs: number;
  /** For the next byte of a download. */
  stallMs: number;
  /** Tries in all, when a connection breaks or a server says that it is overloaded. */
  attempts: number;
  /** Before the second try; doubled before each further one. */
  pauseMs: number;
}

export const PATIENCE: Patience = { answerMs: 15_000, stallMs: 30_000, attempts: 4, pauseMs: 1_000 };

/** How a package client is set up to reach servers; what the environment says of proxies comes first. */
export interface Connection {
  proxy?: string | undefined;
  httpsProxy?: string | undefined;
  noProxy?: string | undefined;
  /** File of certificate authorities to trust beside Node's own. */
  cafile?: string | undefined;
}

/** A request that got an answer, with the means to give up on its body. */
export interface Answer {
  response: Response;
  abort: (reason: Error) => void;
}

/** An answer other than the one wanted; `final` when asking again would not help. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    message: string,
    readonly final: boolean,
  ) {
    super(message);
  }
}

/**
 * Requests `url` through the proxy that the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) or `connection`
 * names; Node's own fetch knows no proxies.
 *
 * @throws HttpError when no answer comes within `answerMs`, or a status of 400 or more
 */
export async function request(
  url: string,
  headers: Record<string, string>,
  patience: Patience,
  connection: Connection = {},
): Promise<Answer> {
  const { fetch } = await import('undici');
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new HttpError(`no answer within ${patience.answerMs / 1000} s`, false));
  }, patience.answerMs);
  try {
    const response = await fetch(url, {
      headers: { 'accept-encoding': 'identity', ...headers },
      signal: controller.signal,
      dispatcher: await dispatcher(connection),
    });
    if (response.status >= 400 && response.status !== 416) {
      const again = response.status >= 500 || response.status === 429 || response.status === 408;
      await response.body?.cancel();
      throw new HttpError(`the answer ${response.status} ${response.statusText}`.trim(), !again);
    }
    return { response, abort: (reason) => controller.abort(reason) };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    const reason: unknown = controller.signal.reason;
    throw reason instanceof HttpError ? reason : asHttpError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Turns what undici throws (`fetch failed`, with the reason inside) into the reason. */
export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  let reason = error;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  const code = (reason as { code?: unknown }).code;
  const text = reason instanceof Error ? reason.message : String(reason);
  // A name that does not resolve is the usual sign of a closed network; it does not get better within seconds.
  if (code === 'ENOTFOUND')
    return new HttpError('the host is not known (no network, or it is blocked)', true);
  if (code === 'ECONNREFUSED') return new HttpError('the connection was refused', true);
  return new HttpError(text === '' ? String(code) : text, false);
}

let shared: { key: string; dispatcher: Dispatcher } | undefined;

async function dispatcher(connection: Connection): Promise<Dispatcher> {
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy, NO_PROXY, no_proxy } = process.env;
  const httpProxy = http_proxy ?? HTTP_PROXY ?? connection.proxy;
  const httpsProxy = https_proxy ?? HTTPS_PROXY ?? connection.httpsProxy ?? connection.proxy;
  const noProxy = no_proxy ?? NO_PROXY ?? connection.noProxy;
  const key = JSON.stringify([httpProxy, httpsProxy, noProxy, connection.cafile]);
  if (shared?.key === key) return shared.dispatcher;
  const { EnvHttpProxyAgent } = await import('undici');
  const tls =
    connection.cafile === undefined
      ? undefined
      : { ca: [...rootCertificates, readFileSync(connection.cafile, 'utf8')] };
  const agent = new EnvHttpProxyAgent({
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(noProxy !== undefined && { noProxy }),
    ...(tls !== undefined && { connect: tls, requestTls: tls }),
    // The time-outs are ours; undici's own would end a slow but living download.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  shared = { key, dispatcher: agent };
  return agent;
}
