import type { ContainerConfig } from '@tsbuild/core';
import type { Builder, BuiltImage } from '@tsbuild/engine';
import type { Dockerd } from './dockerd.ts';
import { openTempFolder } from './temp-folder.ts';
import { type Facts, treeFacts } from './tree-facts.ts';

/** What counts when the images of two engines are compared: how containers run, and the files that they see. */
export interface ImageFacts {
  readonly config: Partial<ContainerConfig>;
  readonly files: ReadonlyMap<string, Facts>;
}

const CONFIG_FIELDS = 'User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal Healthcheck'.split(
  ' ',
);

/** What Docker puts into a container, whatever its image holds. */
const OF_CONTAINERS = /^\/(?:\.dockerenv|dev|proc|sys|etc\/(?:hostname|hosts|mtab|resolv\.conf))(?:\/|$)|^\/etc$/;

/** Where an example mounts a cache: Debian's Docker leaves the empty folder in the image, as newer ones do not. */
const MOUNT_POINT = '/root/.npm';

export async function imageFacts(image: BuiltImage): Promise<ImageFacts> {
  return { config: configFacts(image.config.config), files: await filesOf(image) };
}

/** Facts of an image of Docker's engine; `builder` reads the files of a container that is never started. */
export async function dockerImageFacts(engine: Dockerd, name: string, builder: Builder): Promise<ImageFacts> {
  await using folder = await openTempFolder();
  const container = (await engine.docker('create', name, 'nothing')).trim();
  await engine.docker('export', '--output', folder.file('files.tar'), container);
  await engine.docker('rm', container);
  const files = await builder.image(await builder.import(folder.file('files.tar')));
  const [{ Config }] = JSON.parse(await engine.docker('image', 'inspect', name));
  return { config: configFacts(Config), files: await filesOf(files) };
}

/** Docker writes fields that say nothing. */
function configFacts(config: Readonly<Record<string, unknown>> | ContainerConfig = {}): ImageFacts['config'] {
  const says = (value: unknown) => value !== null && value !== '' && Object.keys(Object(value)).length > 0;
  return Object.fromEntries(
    Object.entries(config).filter(([key, value]) => CONFIG_FIELDS.includes(key) && says(value)),
  );
}

async function filesOf(image: BuiltImage): Promise<ImageFacts['files']> {
  const facts = await treeFacts(await image.tree());
  return new Map([...facts].filter(([path]) => !OF_CONTAINERS.test(path) && path !== MOUNT_POINT));
}
