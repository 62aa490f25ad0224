/** The reader of a connection, by its kind. */
import { DataError } from '../data-error.ts'
import type { SourceAddress } from '../sources/source.ts'
import { backstageReader } from './backstage-reader.ts'
import { catalogueFilesReader } from './catalogue-files.ts'
import { kubernetesReader } from './kubernetes-reader.ts'
import { prometheusReader } from './prometheus-reader.ts'
import type { DiscoveryReader } from './readers.ts'
import { sqlReader } from './sql-reader.ts'

export type OpenReader = DiscoveryReader & { close(): Promise<void> }

/** Kinds of connections that discovery can read. */
export const discoverableKinds = [
  'prometheus',
  'postgres',
  'mysql',
  'clickhouse',
  'kubernetes',
  'backstage',
  'files',
] as const

const close = async (): Promise<void> => undefined

/** @throws DataError `unknown-source` */
export function openReader({ name: source, ...address }: SourceAddress & { name: string }, now: number): OpenReader {
  const kind = discoverableKinds.find((one) => one === address.kind)
  switch (kind) {
    case 'prometheus':
      return { ...prometheusReader({ address, source, now }), close }
    case 'postgres':
    case 'mysql':
    case 'clickhouse':
      return sqlReader({ address, source })
    case 'kubernetes':
      return { ...kubernetesReader({ address, source }), close }
    case 'backstage':
      return { ...backstageReader({ address, source }), close }
    case 'files':
      return { ...catalogueFilesReader({ url: address.url, source }), close }
    case undefined:
      throw new DataError('unknown-source', `A connection of the kind "${address.kind}" cannot be discovered.`, {
        fix: `Use one of ${discoverableKinds.join(', ')}.`,
      })
  }
}
