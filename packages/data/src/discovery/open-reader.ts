/** The reader of a connection, by its kind. */
import { DataError } from '../data-error.ts'
import type { SourceAddress } from '../source.ts'
import { prometheusReader } from './prometheus-reader.ts'
import type { DiscoveryReader } from './readers.ts'

export type OpenReader = DiscoveryReader & { close(): Promise<void> }

/** Kinds of connections that discovery can read. */
export const discoverableKinds = ['prometheus'] as const

/** @throws DataError `unknown-source` */
export function openReader({ name: source, ...address }: SourceAddress & { name: string }, now: number): OpenReader {
  switch (address.kind) {
    case 'prometheus':
      return { ...prometheusReader({ address, source, now }), close: async () => undefined }
    default:
      throw new DataError('unknown-source', `A connection of the kind "${address.kind}" cannot be discovered.`, {
        fix: `Use one of ${discoverableKinds.join(', ')}.`,
      })
  }
}
