import { BlockList, isIP, isIPv6 } from 'node:net';

/** Whose machine an address means: this one, whoever is on the same wire (cloud metadata lives there), or anybody. */
export type AddressClass = 'loopback' | 'link-local' | 'other';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addSubnet('0.0.0.0', 8, 'ipv4'); // connects to this machine on Linux
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');

const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');

/** Class of a host as it stands in a URL: an address, in brackets for IPv6, or a name. Names are not looked up. */
export function addressClassOf(hostname: string): AddressClass {
  const host = hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  if (isIP(host) === 0) return 'other';
  // A BlockList sees through addresses mapped into IPv6 (::ffff:127.0.0.1).
  const family = isIPv6(host) ? 'ipv6' : 'ipv4';
  if (LOOPBACK.check(host, family)) return 'loopback';
  return LINK_LOCAL.check(host, family) ? 'link-local' : 'other';
}
