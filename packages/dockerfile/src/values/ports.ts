import { quote, syntaxError } from '../errors.ts';
import { atPlace, type Environment, type ExpandOptions, expandWords } from '../expand/expand.ts';
import type { ExposeInstruction } from '../instructions.ts';

const MAX_PORT = 65_535;
const MAX_PORTS = 4 * (MAX_PORT + 1);
const PROTOCOLS = ['tcp', 'udp', 'sctp'];

/** One word of EXPOSE, taken apart. */
export interface PortWord {
  readonly first: number;
  readonly last: number;
  /** As written; `tcp` when absent. */
  readonly protocol: string;
  /** True for `[ip:]host:container`, of which only the container's part counts. */
  readonly isMapping: boolean;
}

/**
 * What EXPOSE adds to the image config, such as `80/tcp`, in the order of BuildKit's history: words sorted as text
 * before they are expanded, ranges written out.
 * @throws {DockerfileError} for a word that is no port, range or mapping.
 */
export function expandPorts(expose: ExposeInstruction, env: Environment, options: ExpandOptions = {}): string[] {
  const words = [...expose.ports].sort().flatMap((word) => expandWords(word, env, options));
  return atPlace(options, () => {
    const ports: string[] = [];
    for (const word of words) {
      for (const port of portsOf(parsePortWord(word))) ports.push(port);
      if (ports.length > MAX_PORTS) throw syntaxError('EXPOSE names too many ports');
    }
    return ports;
  });
}

function portsOf({ first, last, protocol }: PortWord): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol.toLowerCase()}`);
}

/** @throws {DockerfileError} */
export function parsePortWord(word: string): PortWord {
  const parts = word.split(':');
  const [container = '', protocol = ''] = cut(parts.at(-1) ?? '', '/');
  const host = parts.at(-2) ?? '';
  const ip = parts.slice(0, -2).join(':');
  if (container === '') throw syntaxError(`invalid port ${quote(word)}: no port specified`);
  if (protocol !== '' && !PROTOCOLS.includes(protocol.toLowerCase())) {
    throw syntaxError(`invalid port ${quote(word)}: invalid proto ${quote(protocol)}`, 'expected tcp, udp or sctp');
  }
  if (ip !== '' && !isIpAddress(ip)) throw syntaxError(`invalid port ${quote(word)}: invalid IP address ${quote(ip)}`);
  const range = parseRange(container);
  if (range === undefined) throw invalid(word, container, 'container port');
  checkHostPort(word, host, container, range);
  return { ...range, protocol: protocol === '' ? 'tcp' : protocol, isMapping: ip !== '' || host !== '' };
}

function checkHostPort(word: string, host: string, container: string, range: { first: number; last: number }): void {
  if (host === '') return;
  const hostRange = parseRange(host);
  if (hostRange === undefined) throw invalid(word, host, 'host port');
  const length = range.last - range.first;
  if (length !== 0 && length !== hostRange.last - hostRange.first) {
    throw syntaxError(`invalid port ${quote(word)}: ranges ${host} and ${container} differ in length`);
  }
}

function invalid(word: string, port: string, what: string) {
  return syntaxError(
    `invalid port ${quote(word)}: ${quote(port)} is not a ${what}`,
    `expected <port>[-<port>][/<protocol>] with ports from 0 to ${MAX_PORT}`,
  );
}

function parseRange(text: string): { first: number; last: number } | undefined {
  const [start = '', end] = cut(text, '-');
  const first = parsePort(start);
  const last = end === undefined || end === start ? first : parsePort(end);
  return first === undefined || last === undefined || last < first ? undefined : { first, last };
}

function parsePort(text: string): number | undefined {
  const port = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  return port <= MAX_PORT ? port : undefined;
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^\[?(?=.*:)[0-9a-fA-F:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?\]?$/;

function isIpAddress(text: string): boolean {
  return text.length <= 64 && (IPV4.test(text) || IPV6.test(text));
}
