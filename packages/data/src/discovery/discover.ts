/** From any reader to what its source says: the one door of discovery's rules. */
import { discoverMetrics, type Discovered, type DiscoveryOptions } from './discover-metrics.ts'
import type { DiscoveryReader } from './readers.ts'

export async function discover(reader: DiscoveryReader, options: DiscoveryOptions): Promise<Discovered> {
  switch (reader.shape) {
    case 'metrics':
      return discoverMetrics(reader, options)
    case 'relations':
    case 'things':
      throw new Error('later')
  }
}
