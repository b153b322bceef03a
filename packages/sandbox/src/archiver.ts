import { rmSync } from 'node:fs';
import type { Digest, Ingest } from '@tsbuild/core';
import { createLayerWriter, createTarParser } from '@tsbuild/layer';
import type { ArchiveJob, FromArchiver, PackChangesJob, PackJob, ToArchiver, UnpackJob } from './archive-job.ts';
import { adopt } from './archiver/adopt.ts';
import { writeBaseline } from './archiver/baseline.ts';
import { insideRoot } from './archiver/chroot.ts';
import { LayerFolder, RootFolder } from './archiver/hiding.ts';
import { Packer } from './archiver/pack.ts';
import { ChangePacker } from './archiver/pack-changes.ts';
import { Unpacker } from './archiver/unpack.ts';
import { receiveFramesSync, sendFrameSync } from './frames.ts';
import { toWireError } from './wire-error.ts';

/**
 * Entry of an archiver: a process that turns layers into folders and back, one job at a time and synchronously, because
 * while it unpacks it is chrooted as a whole.
 */

const STDIN = 0;
const STDOUT = 1;

let committed: ((blob: { digest: Digest; size: number }) => void) | undefined;

process.umask(0);
process.on('disconnect', () => process.exit());
process.on('message', (message: ToArchiver) => {
  if (message.kind === 'committed') committed?.(message);
  else void answer(message);
});
send({ kind: 'ready' });

async function answer(job: ArchiveJob): Promise<void> {
  try {
    send(await work(job));
  } catch (error) {
    send({ kind: 'error', error: toWireError(error) });
  }
}

async function work(job: ArchiveJob): Promise<FromArchiver> {
  switch (job.kind) {
    case 'unpack':
      return { kind: 'unpacked', implicit: unpack(job) };
    case 'adopt':
      adopt(job);
      return { kind: 'done' };
    case 'baseline':
      writeBaseline(job.root, job.baseline);
      return { kind: 'done' };
    case 'pack':
    case 'pack-changes':
      return await pack(job);
    case 'remove':
      rmSync(job.path, { recursive: true, force: true });
      return { kind: 'done' };
    default:
      return job satisfies never;
  }
}

function unpack({ target, into, format }: UnpackJob): string[] {
  return insideRoot(target, () => {
    const isEmpty = into === 'layer';
    const unpacker = new Unpacker(isEmpty ? new LayerFolder(format.overlay) : new RootFolder(), format, isEmpty);
    const parser = createTarParser(unpacker);
    receiveFramesSync(STDIN, (bytes) => parser.push(bytes));
    parser.finish();
    return unpacker.finish();
  });
}

async function pack(job: PackJob | PackChangesJob): Promise<FromArchiver> {
  const { stepWindow } = job;
  const writer = createLayerWriter(pipedIngest(), { timesCount: true, stepWindow });
  const packer = job.kind === 'pack' ? new Packer(job, writer) : new ChangePacker(job, writer);
  const isExact = await packer.pack();
  return { kind: 'packed', layer: await writer.finish(), isExact };
}

/** Hands the tar to the parent, which stores it and knows its digest. */
function pipedIngest(): Ingest {
  return {
    write: (bytes) => {
      if (bytes.byteLength > 0) sendFrameSync(STDOUT, bytes);
    },
    commit: ({ size = 0 } = {}) => {
      sendFrameSync(STDOUT, new Uint8Array());
      const answered = new Promise<{ digest: Digest; size: number }>((resolve) => {
        committed = resolve;
      });
      send({ kind: 'commit', size });
      return answered;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function send(message: FromArchiver): void {
  process.send?.(message);
}
