/** Annotation of a stored name whose blobs may still be in the registry that it came from. */
export const ORIGIN = 'dev.tsbuild.origin';
/** Annotation of a stored name: digest of the manifest that was pushed under it. */
export const PUSHED = 'dev.tsbuild.pushed';
