import { createPrivateKey, type KeyObject, scrypt } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { TsbuildError } from '@tsbuild/core';

const PEM = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;
const ENCRYPTED = new Set(['ENCRYPTED SIGSTORE PRIVATE KEY', 'ENCRYPTED COSIGN PRIVATE KEY']);

/** Cost of the key derivation that a file may ask for: 1 GiB of memory. */
const MAX_MEMORY = 1024 ** 3;
const MAX_PARALLELISM = 16;

interface EncryptedKey {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
}

/**
 * Opens a private key of cosign's: scrypt and NaCl's secretbox around PKCS #8.
 * @throws {TsbuildError} ERR_TSBUILD_SIGNING_KEY
 */
export async function openPrivateKey(pem: string, password: string): Promise<KeyObject> {
  const { N, r, p, salt, nonce, ciphertext } = readEncrypted(pem);
  const secret = await deriveKey(password, salt, { N, r, p, maxmem: 2 * MAX_MEMORY });
  try {
    const der = xsalsa20poly1305(secret, nonce).decrypt(ciphertext);
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw badKey('the password is wrong, or the key is damaged', cause, 'set COSIGN_PASSWORD to its password');
  }
}

function readEncrypted(pem: string): EncryptedKey {
  const [, label = '', body = ''] = PEM.exec(pem) ?? [];
  if (label === '') throw badKey('it is no PEM file', undefined, EXPECTED);
  if (!ENCRYPTED.has(label)) throw badKey(`it is a ${label}`, undefined, EXPECTED);
  try {
    return readBody(JSON.parse(Buffer.from(body, 'base64').toString('utf8')));
  } catch (cause) {
    throw badKey(cause instanceof TypeError ? cause.message : 'it is damaged', cause, EXPECTED);
  }
}

const EXPECTED = 'cosign generate-key-pair makes one, cosign import-key-pair takes over another';

function readBody(value: unknown): EncryptedKey {
  const body = value as { kdf?: { name?: unknown; params?: Record<string, unknown>; salt?: unknown } } & {
    cipher?: { name?: unknown; nonce?: unknown };
    ciphertext?: unknown;
  };
  if (body.kdf?.name !== 'scrypt') throw new TypeError('its key derivation is not scrypt');
  if (body.cipher?.name !== 'nacl/secretbox') throw new TypeError('its cipher is not nacl/secretbox');
  const { N, r, p } = body.kdf.params ?? {};
  if (!isCost(N) || !isCost(r) || !isCost(p) || 128 * N * r > MAX_MEMORY || p > MAX_PARALLELISM) {
    throw new TypeError('its key derivation costs more than is sane');
  }
  const bytes = (text: unknown) => Buffer.from(typeof text === 'string' ? text : '', 'base64');
  return { N, r, p, salt: bytes(body.kdf.salt), nonce: bytes(body.cipher.nonce), ciphertext: bytes(body.ciphertext) };
}

function isCost(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function deriveKey(
  password: string,
  salt: Buffer,
  options: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Buffer) => (error === null ? resolve(key) : reject(error));
    try {
      scrypt(password, salt, 32, options, done);
    } catch (cause) {
      reject(badKey('its key derivation is malformed', cause, EXPECTED));
    }
  });
}

function badKey(problem: string, cause: unknown, hint: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_SIGNING_KEY', `the signing key cannot be used: ${problem}`, { cause, hint });
}
