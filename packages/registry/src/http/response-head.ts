/** The head of an answer, as far as a download needs it. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body that follows. */
  readonly length: number;
}

const STATUS_LINE = /^HTTP\/1\.[01] ([2-5]\d\d)(?: |$)/;
const FIELD = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
const LENGTH = /^\d{1,15}$/;

/**
 * Reads the head of a final answer whose body is as long as it says. Anything else is undefined: an answer in pieces, without a
 * length or with two, one that is not the last, or no HTTP at all.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const status = Number(STATUS_LINE.exec(first)?.[1]);
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    if (key === 'content-length' && key in headers) return undefined;
    headers[key] ??= value.trimEnd();
  }
  const length = headers['content-length'] ?? '';
  const isPlain = !('transfer-encoding' in headers) && LENGTH.test(length);
  return Number.isNaN(status) || !isPlain ? undefined : { status, headers, length: Number(length) };
}
