import type { RawDefinition } from '../definition/raw-definition.ts';
import { targetName } from './build-section.ts';
import type { ComposeFile, ComposeOptions } from './compose-options.ts';
import { readServices } from './read-services.ts';
import { mergeServices, type Service, toTarget } from './service.ts';

/**
 * Reads the `build` sections of Compose files: what a later file says of a service is laid over the earlier ones.
 * @see https://github.com/compose-spec/compose-spec/blob/main/build.md
 * @throws {BakeFileError}
 */
export async function readCompose(files: readonly ComposeFile[], options: ComposeOptions): Promise<RawDefinition> {
  const services = new Map<string, Service>();
  for (const file of files) {
    for (const [name, service] of await readServices(file, options)) {
      const before = services.get(name);
      services.set(name, before === undefined ? service : mergeServices(before, service));
    }
  }
  const built = [...services].filter(([, { build }]) => build !== undefined);
  const isOn = ({ profiles }: Service) =>
    profiles.length === 0 || options.profiles.includes('*') || profiles.some((name) => options.profiles.includes(name));
  const isOnByDefault = built.filter(([, service]) => isOn(service)).map(([name]) => targetName(name));
  const target = (service: Service) => ({ target: toTarget(service, options.variables), inherits: [] });
  return {
    groups: new Map(built.length === 0 ? [] : [['default', isOnByDefault]]),
    targets: new Map(built.map(([name, service]) => [targetName(name), target(service)])),
  };
}
