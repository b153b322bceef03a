import { UsageError } from '@tsbuild/core';

/** How an instruction names the stage, image or context that files or a base are from. */
export function placeName(place: string | { readonly name: string | undefined }): string {
  const name = typeof place === 'string' ? place : place.name;
  if (name === undefined) throw new UsageError('a stage that others use needs a name', { hint: "stage('name')" });
  if (name === '' || /\s/.test(name)) throw new UsageError(`no name of a stage or image: ${JSON.stringify(name)}`);
  return name;
}
