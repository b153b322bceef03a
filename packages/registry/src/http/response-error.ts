import { NotFoundError, RegistryError, type RegistryErrorEntry, type TsbuildError } from '@tsbuild/core';
import { readAll } from '../bytes.ts';
import { type HttpMethod, type HttpResponse, headerOf } from './message.ts';
import { redactUrl } from './redact-url.ts';
import { isTemporaryStatus } from './retry.ts';

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_ENTRIES = 16;
const MAX_TEXT = 512;

export interface ErrorContext {
  readonly method: HttpMethod;
  /** Host as it stands in image names. */
  readonly registry: string;
  /** What was asked for, as the user would call it. */
  readonly what: string;
  /** Takes secrets out of what the registry says: it may repeat what it was sent. */
  readonly redact: (text: string) => string;
}

/** The error that an answer amounts to. Reads and frees the answer. */
export async function responseError(response: HttpResponse, context: ErrorContext): Promise<TsbuildError> {
  const errors = await readErrors(response, context);
  const { method, registry, what } = context;
  const { status } = response;
  const said = errors.map(({ code, message = '' }) => (message === '' ? code : `${code}: ${message}`)).join(', ');
  const message = `${what}: registry ${registry} answered ${status}${said === '' ? '' : ` (${said})`}`;
  const details = { method, url: redactUrl(response.url), status, errors };
  if (status === 404)
    return new NotFoundError(`${what} does not exist in registry ${registry}${said === '' ? '' : ` (${said})`}`);
  if (status === 401 || status === 403) {
    const hint = `check the credentials for ${registry}, and that the repository exists`;
    return new RegistryError('ERR_TSBUILD_REGISTRY_DENIED', message, { ...details, hint });
  }
  const hint = status === 429 ? rateLimitHint(response, registry) : undefined;
  return new RegistryError('ERR_TSBUILD_REGISTRY', message, {
    ...details,
    hint,
    isTemporary: isTemporaryStatus(status),
  });
}

function rateLimitHint(response: HttpResponse, registry: string): string {
  const after = headerOf(response, 'retry-after');
  const when = after !== undefined && /^[\w ,:]{1,40}$/.test(after) ? ` (it asks to wait: ${after})` : '';
  return `too many requests: wait${when}, or use credentials for ${registry}`;
}

async function readErrors(response: HttpResponse, { redact }: ErrorContext): Promise<RegistryErrorEntry[]> {
  try {
    const body = await readAll(response.body, MAX_ERROR_BYTES, 'answer');
    const value: unknown = JSON.parse(body.toString('utf8'));
    const list = isRecord(value) && Array.isArray(value.errors) ? value.errors : [];
    return list
      .slice(0, MAX_ENTRIES)
      .filter(isRecord)
      .map((entry) => toEntry(entry, redact));
  } catch {
    return []; // the status says enough
  }
}

function toEntry({ code, message }: Record<string, unknown>, redact: (text: string) => string): RegistryErrorEntry {
  const clean = (text: unknown) => printable(redact(typeof text === 'string' ? text : ''));
  return { code: clean(code) || 'UNKNOWN', message: clean(message) };
}

/** What a stranger wrote, without line breaks and terminal sequences. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, MAX_TEXT)
    .trim();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
