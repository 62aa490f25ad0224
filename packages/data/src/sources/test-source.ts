/** Tries a connection of any kind of source and says what is wrong. Reads only. */
import { testBackstage } from '../discovery/backstage-reader.ts'
import type { SourceAddress, SourceTest } from './source.ts'
import { findSourceKind } from './source-kinds.ts'

/** Whether a source answers, for the button in the settings. Never throws a DataError. */
export async function testSource(address: SourceAddress): Promise<SourceTest> {
  // It is read for what exists, and no table is read from it.
  if (address.kind === 'backstage') return testBackstage(address)
  const kind = findSourceKind(address.kind)
  if (!kind) return { ok: false, message: `"${address.kind}" is no kind of source.`, fix: 'Choose another kind.' }
  const source = kind.open(address, { fetch: (_, send) => send(new AbortController().signal) })
  try {
    return await source.test()
  } finally {
    await source.close()
  }
}
