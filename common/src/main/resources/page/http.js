/** Requests and their problems, for the pages of both services. Every function rejects with a {@link Problem}. */

const TIMEOUT_MS = 30_000;

/** Where an answer 401 leads. */
let signInPage = 'login';

/** An RFC 9457 problem, or NETWORK where no answer came. Members of the answer, such as unavailableShards, are copied. */
export class Problem extends Error {
  constructor(code, retryAfter, members = {}) {
    super(members.detail ?? code);
    Object.assign(this, members, { code, retryAfter });
  }
}

/** The body of an answer to come. */
export async function body(answer) {
  return (await answer).body;
}

/** @returns {{status: number, body: object}} */
export async function call(path, { method = 'GET', json, waitSeconds = 0, signal } = {}) {
  const headers = { Accept: 'application/json, application/problem+json' };
  if (json) {
    headers['Content-Type'] = 'application/json';
  }
  if (method !== 'GET') {
    headers['X-XSRF-TOKEN'] = csrfToken();
  }
  if (waitSeconds) {
    headers.Prefer = `wait=${waitSeconds}`;
  }
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), TIMEOUT_MS + waitSeconds * 1000);
  signal?.addEventListener('abort', () => end.abort());
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: json && JSON.stringify(json),
      cache: 'no-store',
      signal: end.signal,
    });
    return await read(response);
  } catch (failure) {
    throw failure instanceof Problem ? failure : new Problem('NETWORK');
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the session and says so. Requests on their way meanwhile find nobody signed in, and must not lead elsewhere. */
export async function signOut() {
  signInPage = 'login?out';
  try {
    await call('logout', { method: 'POST' });
    location.assign(signInPage);
  } catch (failure) {
    signInPage = 'login';
    throw failure;
  }
}

/** Another site's page cannot read the cookie. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/)?.[1] ?? '';
}

async function read(response) {
  const content = await response.text();
  if (response.ok) {
    const isJson = response.headers.get('Content-Type')?.includes('json');
    return { status: response.status, body: content && isJson ? JSON.parse(content) : null };
  }
  if (response.status === 401) {
    location.assign(signInPage);
  }
  const seconds = Number.parseInt(response.headers.get('Retry-After'), 10);
  throw problem(response.status, content, Number.isNaN(seconds) ? undefined : seconds);
}

function problem(status, content, retryAfter) {
  try {
    const members = JSON.parse(content);
    return new Problem(members.code ?? `HTTP ${status}`, retryAfter, members);
  } catch {
    // A proxy in between may answer with a page of its own.
    return new Problem(`HTTP ${status}`, retryAfter);
  }
}
