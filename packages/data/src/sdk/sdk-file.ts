/** A file of a generated SDK; `path` is relative to where it is written, without folders above it. */
export interface SdkFile {
  path: string
  text: string
}
