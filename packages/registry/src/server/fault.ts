import type { ByteStream } from '@tsbuild/core';
import type { Reply } from './message.ts';
import type { Fault } from './options.ts';

/** Thrown to reset the connection. */
export class CutConnection extends Error {}

/** The body of a request as the handlers see it under a fault. */
export async function* faultyRequestBody(body: ByteStream, fault: Fault | undefined): ByteStream {
  if (fault?.kind !== 'cut-request') return yield* body;
  yield* firstBytes(body, fault.afterBytes);
  throw new CutConnection();
}

/** The answer as the fault makes it. */
export function faultyReply(reply: Reply, fault: Fault | undefined): Reply {
  if (fault === undefined || reply.body === undefined) return reply;
  const body = reply.body instanceof Uint8Array ? streamOf(reply.body) : reply.body;
  switch (fault.kind) {
    case 'cut':
      return { ...reply, body: cutAfter(body, fault.afterBytes) };
    case 'stall-body':
      return { ...reply, body: stallAfter(body, fault.afterBytes) };
    case 'corrupt':
      return { ...reply, body: corruptAt(body, fault.atByte) };
    default:
      return reply;
  }
}

async function* streamOf(bytes: Uint8Array): ByteStream {
  yield bytes;
}

async function* firstBytes(body: ByteStream, count: number): ByteStream {
  let left = count;
  if (left === 0) return;
  for await (const bytes of body) {
    yield bytes.subarray(0, left);
    left -= Math.min(left, bytes.byteLength);
    if (left === 0) return;
  }
}

async function* cutAfter(body: ByteStream, count: number): ByteStream {
  yield* firstBytes(body, count);
  throw new CutConnection();
}

async function* stallAfter(body: ByteStream, count: number): ByteStream {
  yield* firstBytes(body, count);
  await new Promise(() => undefined);
}

async function* corruptAt(body: ByteStream, position: number): ByteStream {
  let at = 0;
  for await (const bytes of body) {
    const copy = Buffer.from(bytes);
    const index = position - at;
    if (index >= 0 && index < copy.length) copy.writeUInt8(copy.readUInt8(index) ^ 0xff, index);
    at += copy.length;
    yield copy;
  }
}
