import { generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { mustRun } from './command.ts';

/** A pair of keys in the files that `cosign generate-key-pair` writes. */
export interface CosignKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** The part that {@link cosignKeysOfLibsodium} needs besides Python. */
export const NACL = '/usr/lib/python3/dist-packages/nacl/secret.py';

const ENCRYPT = `
import hashlib, json, os, sys
from base64 import b64decode, b64encode
from nacl.secret import SecretBox
text = lambda data: b64encode(data).decode()
password, der = sys.argv[1].encode(), b64decode(sys.stdin.read())
salt, nonce = os.urandom(32), os.urandom(24)
params = {"N": 65536, "r": 8, "p": 1}
key = hashlib.scrypt(password, salt=salt, n=params["N"], r=8, p=1, maxmem=2**27, dklen=32)
print(json.dumps({
    "kdf": {"name": "scrypt", "params": params, "salt": text(salt)},
    "cipher": {"name": "nacl/secretbox", "nonce": text(nonce)},
    "ciphertext": text(SecretBox(key).encrypt(der, nonce).ciphertext),
}))
`;

/** The same, encrypted by Python's scrypt and libsodium's secretbox under the name that newer versions of cosign write. */
export async function cosignKeysOfLibsodium(password: string): Promise<CosignKeys> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const input = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  const body = await mustRun(['/usr/bin/python3', '-c', ENCRYPT, password], { input });
  return {
    privateKey: pem('ENCRYPTED SIGSTORE PRIVATE KEY', body.trim()),
    publicKey: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

interface Salsa {
  xsalsa20poly1305(key: Uint8Array, nonce: Uint8Array): { encrypt(bytes: Uint8Array): Uint8Array };
}

/** An ECDSA key on P-256, encrypted as cosign does. */
export function cosignKeys(password: string): CosignKeys {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const salt = randomBytes(32);
  const nonce = randomBytes(24);
  const params = { N: 32768, r: 8, p: 1 };
  const secret = scryptSync(password, salt, 32, { ...params, maxmem: 2 ** 26 });
  const { xsalsa20poly1305 } = salsa();
  const ciphertext = xsalsa20poly1305(secret, nonce).encrypt(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
  const body = {
    kdf: { name: 'scrypt', params, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  };
  return {
    privateKey: pem('ENCRYPTED COSIGN PRIVATE KEY', JSON.stringify(body)),
    publicKey: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

/** The library is the engine's own. */
function salsa(): Salsa {
  const engine = createRequire(new URL('../../packages/engine/package.json', import.meta.url));
  return engine('@noble/ciphers/salsa.js');
}

function pem(label: string, text: string): string {
  const lines =
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
