/** Bytes at hand as the stream that contracts ask for. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
