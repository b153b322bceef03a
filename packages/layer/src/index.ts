export {
  type CompressOptions,
  compress,
} from './compression/compress.ts';
export { type DecompressOptions, decompress } from './compression/decompress.ts';
export { type Compression, detectCompression } from './compression/detect.ts';
export type { ContentIdentityOptions } from './index/content-id.ts';
export { contentIdOf } from './index/content-id-of.ts';
export { indexEntries } from './index/entry-indexer.ts';
export { createEntryRecorder, type EntryRecorder } from './index/entry-recorder.ts';
export { type IngestLayerOptions, ingestLayer } from './index/ingest-layer.ts';
export { createLayerIndexer, type IndexLayerOptions, indexLayer, type LayerIndexer } from './index/layer-indexer.ts';
export { createLayerWriter } from './layer-writer.ts';
export { writeCopy } from './ops/copy.ts';
export { type DestinationFacts, type LookupFact, type RecordedLookups, recordLookups } from './ops/facts.ts';
export { factsHold } from './ops/facts-hold.ts';
export type { MemoryFile } from './ops/memory-file.ts';
export { type MemoryTree, memoryTree } from './ops/memory-tree.ts';
export { type ModeChange, parseModeChange } from './ops/mode-change.ts';
export { type Owner, resolveOwner } from './ops/owner.ts';
export type { CopyAttributes, CopyRequest, CopySource, WorkdirRequest } from './ops/requests.ts';
export { selectSources } from './ops/select.ts';
export type {
  FileDigestMap,
  FileDigests,
  SelectedItem,
  SelectedItems,
  SelectedSource,
  Selection,
  SelectionDigest,
  SelectionDigestOptions,
  SelectSpec,
} from './ops/selection.ts';
export { selectionDigest } from './ops/selection-digest.ts';
export { SourceNotFoundError } from './ops/source-not-found.ts';
export { writeWorkdir } from './ops/workdir.ts';
export { createTarParser } from './tar/parser.ts';
export { readTar } from './tar/read-tar.ts';
export type {
  ContentPlace,
  Extent,
  ReadTarOptions,
  TarEntry,
  TarHandler,
  TarLimits,
  TarMember,
  TarParser,
} from './tar/tar-entry.ts';
export { emptyTree } from './tree/empty-tree.ts';
export { type LayerTree, type LayerTreeEntry, openLayerTree } from './tree/layer-tree.ts';
export { type LayerUsage, layerUsage } from './tree/layer-usage.ts';
export { extendTree, type MergedTree, mergeTrees } from './tree/merged-tree.ts';
export type { StoredContent } from './tree/read-contents.ts';
