/** From any reader to what its source says: the one door of discovery's rules. */
import { discoverMetrics } from './discover-metrics.ts'
import { discoverRelations } from './discover-relations.ts'
import { discoverThings } from './discover-things.ts'
import type { Discovered, DiscoveryOptions } from './discovered.ts'
import type { DiscoveryReader } from './readers.ts'

export async function discover(reader: DiscoveryReader, options: DiscoveryOptions): Promise<Discovered> {
  switch (reader.shape) {
    case 'metrics':
      return discoverMetrics(reader, options)
    case 'relations':
      return discoverRelations(reader, options)
    case 'things':
      return discoverThings(reader, options)
  }
}
