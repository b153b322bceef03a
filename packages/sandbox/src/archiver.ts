import { rmSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { digestOf, type Ingest } from '@tsbuild/core';
import { createEntryRecorder, createLayerWriter, createTarParser } from '@tsbuild/layer';
import type {
  ArchiveJob,
  FolderFormat,
  FromArchiver,
  PackChangesJob,
  PackFolderJob,
  PackJob,
  Unpacked,
  UnpackJob,
} from './archive-job.ts';
import { adopt } from './archiver/adopt.ts';
import { writeBaseline } from './archiver/baseline.ts';
import { insideRoot, stayInsideRoot } from './archiver/chroot.ts';
import { LayerFolder, RootFolder } from './archiver/hiding.ts';
import { inTurn } from './archiver/in-turn.ts';
import { LowerFolders } from './archiver/lower-folders.ts';
import { Packer } from './archiver/pack.ts';
import { ChangePacker } from './archiver/pack-changes.ts';
import { FolderPacker } from './archiver/pack-folder.ts';
import { Unpacker } from './archiver/unpack.ts';
import { withoutDevices } from './archiver/without-devices.ts';
import { receiveFramesSync, sendFrameSync } from './frames.ts';
import { readKnown } from './known-files.ts';
import { toWireError } from './wire-error.ts';

/**
 * Entry of an archiver: a process that turns layers into folders and back, one job at a time and synchronously, because
 * while it unpacks it is chrooted as a whole.
 */

const STDIN = 0;
const STDOUT = 1;

/** All jobs are of one tier. */
let lowerFolders: LowerFolders | undefined;

// Space for the youngest objects does not grow: of many entries it would keep more than the entries themselves take.
setFlagsFromString('--semi-space-growth-factor=1');
process.umask(0);
process.on('disconnect', () => process.exit());
process.on('message', (job: ArchiveJob) => void answer(job));
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
      return { kind: 'unpacked', ...unpack(job) };
    case 'adopt':
      adopt(job, foldersOf(job.format));
      return { kind: 'done' };
    case 'baseline':
      writeBaseline(job.root, job.baseline);
      return { kind: 'done' };
    case 'pack':
    case 'pack-changes':
      return await pack(job);
    case 'pack-folder':
      return await packFolder(job);
    case 'remove':
      rmSync(job.path, { recursive: true, force: true });
      return { kind: 'done' };
    default:
      return job satisfies never;
  }
}

/** Every byte passes once: what unpacks it also tells what it is. */
function unpack({ target, into, format, tellsContents }: UnpackJob): Unpacked {
  return insideRoot(target, () => {
    const isEmpty = into === 'layer';
    const unpacker = new Unpacker(isEmpty ? new LayerFolder(format.overlay) : new RootFolder(), format, isEmpty);
    const recorder = tellsContents ? createEntryRecorder() : undefined;
    const writer = into === 'folder' ? withoutDevices(unpacker) : unpacker;
    const parser = createTarParser(recorder === undefined ? writer : inTurn(recorder, writer));
    receiveFramesSync(STDIN, (bytes) => parser.push(bytes));
    parser.finish();
    return { implicit: unpacker.finish(), contents: recorder?.finish() };
  });
}

async function pack(job: PackJob | PackChangesJob): Promise<FromArchiver> {
  const { stepWindow } = job;
  const writer = createLayerWriter(pipedIngest(), { timesCount: true, stepWindow });
  const packer = job.kind === 'pack' ? new Packer(job, writer, foldersOf(job.format)) : new ChangePacker(job, writer);
  const isExact = await packer.pack();
  const { diffId: _, ...layer } = await writer.finish();
  return { kind: 'packed', layer, isExact };
}

async function packFolder({ folder, known, format }: PackFolderJob): Promise<FromArchiver> {
  const before = readKnown(known);
  const writer = createLayerWriter(pipedIngest());
  const contents = await stayInsideRoot(folder, () => new FolderPacker(before, format.owners, writer).pack());
  const { diffId: _, ...layer } = await writer.finish();
  return { kind: 'packed-folder', layer, ...contents };
}

function foldersOf({ overlay }: FolderFormat): LowerFolders {
  lowerFolders ??= new LowerFolders(overlay);
  return lowerFolders;
}

/** Hands the tar to the parent, which stores it and knows its digest: nothing here asks for it. */
function pipedIngest(): Ingest {
  return {
    write: (bytes) => {
      if (bytes.byteLength > 0) sendFrameSync(STDOUT, bytes);
    },
    commit: async ({ size = 0 } = {}) => {
      sendFrameSync(STDOUT, new Uint8Array());
      return { digest: digestOf(''), size };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function send(message: FromArchiver): void {
  process.send?.(message);
}
