import { STATUS_CODES } from 'node:http';
import type { EnvHttpProxyAgent } from 'undici';

/** How long to wait and how often to retry. */
export interface Patience {
  /** For the response. Short, because some firewalls silently drop everything. */
  answerMs: number;
  /** For the next byte of the body. */
  stallMs: number;
  /** Number of attempts in a row without new data. */
  attempts: number;
  /** Before the second attempt; doubled before each further one. */
  pauseMs: number;
}

export const PATIENCE: Patience = { answerMs: 15_000, stallMs: 30_000, attempts: 4, pauseMs: 1_000 };

/** The used part of an HTTP response. */
export interface Answer {
  status: number;
  /** After redirects. */
  url: string;
  headers: { get: (name: string) => string | null };
  body: AsyncIterable<Uint8Array> | null;
}

/** Sends a GET request. */
export type Send = (url: string, headers: Record<string, string>, signal: AbortSignal) => Promise<Answer>;

/** A failure of the server or the network; `isFinal` when retrying would not help. */
export class NetworkError extends Error {
  constructor(
    message: string,
    readonly isFinal = false,
    readonly code: 'network' | 'corrupt' = 'network',
  ) {
    super(message);
  }
}

export interface RequestOptions {
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
  patience?: Partial<Patience> | undefined;
  /** Default: `sender()`. */
  send?: Send | undefined;
}

/**
 * Requests `url` once and reads the response with `read`, which calls `onData` for everything that arrives.
 *
 * @throws NetworkError when the server refuses (status 400 and above, except 416) or goes silent, or the connection
 * fails; errors of the file system and of an aborted `signal` as they are
 */
export async function request<T>(
  url: string,
  { headers, signal, patience, send = sender() }: RequestOptions,
  read: (answer: Answer, onData: () => void) => Promise<T>,
): Promise<T> {
  const { answerMs, stallMs } = { ...PATIENCE, ...patience };
  const silence = new AbortController();
  const abortAfter = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => silence.abort(new NetworkError(`no ${what} within ${ms / 1000} s`)), ms);
  let timer = abortAfter(answerMs, 'response');
  try {
    const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
    const answer = await send(url, { 'accept-encoding': 'identity', ...headers }, either);
    clearTimeout(timer);
    if (answer.status >= 400 && answer.status !== 416) throw refusal(answer.status);
    timer = abortAfter(stallMs, 'data');
    return await read(answer, () => timer.refresh());
  } catch (error) {
    if (isLocal(error) || signal?.aborted) throw error;
    throw silence.signal.aborted ? (silence.signal.reason as Error) : toNetworkError(error);
  } finally {
    clearTimeout(timer);
    silence.abort(); // closes a response that was not read completely
  }
}

function refusal(status: number): NetworkError {
  const isTemporary = status >= 500 || status === 429 || status === 408;
  return new NetworkError(`the server answered ${status} ${STATUS_CODES[status] ?? ''}`.trim(), !isTemporary);
}

/** Finds the cause in what an HTTP client throws (`fetch failed`, with the reason inside). */
function toNetworkError(error: unknown): NetworkError {
  let cause = error;
  while (!(cause instanceof NetworkError) && cause instanceof Error && cause.cause instanceof Error)
    cause = cause.cause;
  if (cause instanceof NetworkError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  // Retrying within seconds does not help with these two.
  if (code === 'ENOTFOUND') return new NetworkError('unknown host (offline, or blocked by a firewall)', true);
  if (code === 'ECONNREFUSED') return new NetworkError('connection refused', true);
  return new NetworkError(message || (code ?? 'the connection failed'));
}

/** Whether this machine is at fault (disk full, not writable), so that no other server would help. */
export function isLocal(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  const local = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EMFILE'];
  return typeof code === 'string' && local.includes(code);
}

/**
 * Sends requests through the proxy given by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which Node's fetch ignores.
 *
 * @param ca certificate authorities to trust, in PEM; default: Node's
 */
export function sender(ca?: readonly string[]): Send {
  let dispatcher: EnvHttpProxyAgent | undefined;
  return async (url, headers, signal) => {
    // Loaded only when needed: it takes a while.
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    const tls = ca && { connect: { ca: [...ca] }, requestTls: { ca: [...ca] } };
    // The timeouts are those of `request`; undici's own would end a slow but living download.
    dispatcher ??= new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0, ...tls });
    return fetch(url, { headers, signal, dispatcher });
  };
}
