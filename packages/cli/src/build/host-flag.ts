import { UsageError } from '@tsbuild/core';

/**
 * `--add-host NAME:IP` or `NAME=IP`; an IPv6 address may stand in brackets.
 * @throws {UsageError}
 */
export function readAddHosts(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.flatMap((text) => text.split(',')).map(readAddHost));
}

function readAddHost(text: string): [string, string] {
  const at = text.search(/[:=]/);
  const name = text.slice(0, Math.max(at, 0));
  const address = text.slice(at + 1).replace(/^\[(.*)\]$/, '$1');
  if (name === '' || /\s/.test(name))
    throw new UsageError(`malformed value of --add-host: ${text}`, { hint: 'expected HOST:IP' });
  // Loaded by the builds that have the flag.
  if (process.getBuiltinModule('node:net').isIP(address) !== 0) return [name, address];
  throw new UsageError(`invalid address ${JSON.stringify(address)} in --add-host ${text}`, {
    hint: address === 'host-gateway' ? 'steps share the network of this machine: use 127.0.0.1' : 'expected HOST:IP',
  });
}
