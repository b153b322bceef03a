export type {
  Fault,
  IncomingRequest,
  RegistryAuth,
  RegistryServerOptions,
  RequestRecord,
  TestRegistry,
} from './options.ts';
export { startRegistry } from './registry.ts';
