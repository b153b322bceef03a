import { generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { expect, test } from 'vitest';
import { openPrivateKey } from './private-key.ts';

const PAIR = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PARAMS = { N: 1024, r: 8, p: 1 };

test.each(['ENCRYPTED SIGSTORE PRIVATE KEY', 'ENCRYPTED COSIGN PRIVATE KEY'])(
  'a key of kind %s is opened',
  async (label) => {
    const key = await openPrivateKey(pem(label, encrypted('secret')), 'secret');

    expect(key.equals(PAIR.privateKey)).toBe(true);
  },
);

test.each([
  [
    'another password',
    pem('ENCRYPTED COSIGN PRIVATE KEY', encrypted('other')),
    'the password is wrong, or the key is damaged',
  ],
  ['no PEM', 'hello', 'it is no PEM file'],
  ['a plain key', pem('PRIVATE KEY', { a: 1 }), 'it is a PRIVATE KEY'],
  [
    'no JSON',
    '-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED COSIGN PRIVATE KEY-----',
    'it is damaged',
  ],
  ['another derivation', sigstore({ kdf: { name: 'argon2' } }), 'its key derivation is not scrypt'],
  ['another cipher', sigstore({ cipher: { name: 'aes' } }), 'its cipher is not nacl/secretbox'],
  [
    'a derivation of 1 TiB',
    sigstore(costing({ N: 2 ** 30, r: 8, p: 1 })),
    'its key derivation costs more than is sane',
  ],
  ['a derivation of no sense', sigstore(costing({ N: 3, r: 8, p: 1 })), 'its key derivation is malformed'],
  [
    'a short nonce',
    sigstore({ cipher: { name: 'nacl/secretbox', nonce: 'AAAA' } }),
    'the password is wrong, or the key is damaged',
  ],
])('%s is refused', async (_, text, problem) => {
  await expect(openPrivateKey(text, 'secret')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_SIGNING_KEY',
    message: `the signing key cannot be used: ${problem}`,
  });
});

function encrypted(password: string) {
  const salt = randomBytes(32);
  const nonce = randomBytes(24);
  const der = PAIR.privateKey.export({ format: 'der', type: 'pkcs8' });
  const ciphertext = xsalsa20poly1305(scryptSync(password, salt, 32, PARAMS), nonce).encrypt(der);
  return {
    kdf: { name: 'scrypt', params: PARAMS, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  };
}

function sigstore(change: object): string {
  return pem('ENCRYPTED SIGSTORE PRIVATE KEY', { ...encrypted('secret'), ...change });
}

function costing(params: object) {
  return { kdf: { name: 'scrypt', params, salt: 'AAAA' } };
}

function pem(label: string, body: object): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(JSON.stringify(body)).toString('base64')}\n-----END ${label}-----\n`;
}
