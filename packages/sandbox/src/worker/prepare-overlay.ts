import { rmSync } from 'node:fs';
import type { RunOrder, TierFeatures } from '../protocol.ts';
import type { LayerNames } from './layer-names.ts';
import { type StagedMount, stageMount } from './mounts/stage.ts';
import { networkFiles } from './network-files.ts';
import type { OpenRoot } from './open-root.ts';
import { OverlayRoot } from './overlay-root.ts';
import { RunPlace } from './run-place.ts';
import type { SpareDevices } from './spare-devices.ts';
import type { Undoing } from './undoing.ts';

/** Where roots are mounted, and as whom. */
export interface OverlayPlace {
  readonly memory: string;
  readonly layerNames: LayerNames;
  readonly devices: SpareDevices;
  readonly features: TierFeatures;
}

/** Mounts the root of a run with everything in it. What undoes it is added to `undoing`, also when a later part fails. */
export async function prepareOverlay(
  order: RunOrder,
  { memory, layerNames, devices, features }: OverlayPlace,
  undoing: Undoing,
): Promise<OpenRoot> {
  const place = new RunPlace({ memory, disk: order.folder, layerNames, ...features });
  undoing.after(() => removeWork(order.folder));
  undoing.after(() => place.close());
  const root = new OverlayRoot(place, order.lowers, order.upper);
  undoing.after(() => root.close());
  undoing.before(() => root.removeMountPoints());
  root.mountDevices(devices, order.process.shmSizeBytes);
  // Parents before what lies in them, otherwise in the order given.
  const mounts = [...networkFiles(order.process), ...order.mounts].sort((a, b) => depth(a.target) - depth(b.target));
  for (const mount of mounts) {
    const staged: StagedMount = await stageMount(mount, place);
    if (staged.close !== undefined) undoing.before(staged.close);
    root.attach(staged, mount.target);
  }
  return root;
}

/** The overlay's own folder. What is left is removed with the folder of the run. */
function removeWork(folder: string): void {
  try {
    rmSync(`${folder}/work`, { recursive: true, force: true });
  } catch {
    // who removes the folder of the run tells why
  }
}

function depth(path: string): number {
  return path.split('/').filter((name) => name !== '' && name !== '.').length;
}
