/** Tries a connection of any kind of source and says what is wrong. Reads only. */
import type { SourceAddress, SourceTest } from './source.ts'
import { findSourceKind } from './sources/source-kinds.ts'

/** Whether a source answers, for the button in the settings. Never throws a DataError. */
export async function testSource(address: SourceAddress): Promise<SourceTest> {
  const kind = findSourceKind(address.kind)
  if (!kind) return { ok: false, message: `"${address.kind}" is no kind of source.`, fix: 'Choose another kind.' }
  const source = kind.open(address, { fetch: (_, send) => send(new AbortController().signal) })
  try {
    return await source.test()
  } finally {
    await source.close()
  }
}
