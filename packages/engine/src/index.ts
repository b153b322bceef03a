export { build, createBuilder } from './builder.ts';
export type { Builder } from './builder-types.ts';
export type {
  BuildContext,
  BuilderOptions,
  BuildOptions,
  ImageOutputOptions,
  MemoryFile,
  OutputOptions,
  SecretSource,
} from './options.ts';
export type { BuildResult, BuiltImage, ImageTree, OutputResult, StepResult } from './result.ts';
