import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { addressClassOf } from './address-class.ts';

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

export const FORBIDDEN_ADDRESS = 'ERR_FORBIDDEN_ADDRESS';

/** A lookup for hosts that a remote party named: addresses of this machine and of its link are not given out. */
export function guardedLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const forbidden = addresses.find(({ address }) => addressClassOf(address) !== 'other');
    if (forbidden !== undefined) return callback(forbiddenAddress(hostname, forbidden.address), []);
    if (options.all === true) return callback(null, addresses);
    const [first] = addresses;
    callback(null, first?.address ?? '', first?.family ?? 0);
  });
}

function forbiddenAddress(hostname: string, address: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is ${address}, an address of this machine or its link`), {
    code: FORBIDDEN_ADDRESS,
  });
}
