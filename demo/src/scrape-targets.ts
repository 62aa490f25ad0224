/** What the store scrapes: a Prometheus `file_sd` list. Targets carry the labels of the backfilled series, so that each goes on where its past ends. */
import type { Edge } from './edge.ts'
import { scrapeLabels } from './metric-names.ts'
import { DATABASE, SOURCE } from './world.ts'

export interface ScrapeGroup {
  targets: string[]
  labels: Record<string, string>
}

export interface ScrapedServers {
  hosts: readonly { id: string; port: number }[]
  sourcePort: number
  databasePort: number
  edgeMetrics: Edge['metrics']
}

export function scrapeTargets({ hosts, sourcePort, databasePort, edgeMetrics }: ScrapedServers): ScrapeGroup[] {
  const group = (port: number, instance: string, more: Record<string, string> = {}): ScrapeGroup => ({
    targets: [`127.0.0.1:${port}`],
    labels: { ...scrapeLabels(instance), ...more },
  })
  return [
    ...hosts.map(({ id, port }) => group(port, id)),
    group(sourcePort, SOURCE),
    group(databasePort, DATABASE.id),
    ...(edgeMetrics === null
      ? []
      : [
          group(edgeMetrics.port, 'edge', {
            __metrics_path__: edgeMetrics.path,
            ...Object.fromEntries(
              Object.entries(edgeMetrics.params).map(([name, value]) => [`__param_${name}`, value]),
            ),
          }),
        ]),
  ]
}
