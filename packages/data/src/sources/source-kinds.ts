/** Every kind of source that a table can be read from. */
import type { SourceKind } from './source.ts'
import { alertmanagerKind } from './alertmanager/alertmanager-source.ts'
import { elasticsearchKind } from './elasticsearch/elasticsearch-source.ts'
import { filesKind } from './files/files-source.ts'
import { httpJsonKind } from './http-json/http-json-source.ts'
import { kubernetesKind } from './kubernetes/kubernetes-source.ts'
import { lokiKind } from './loki/loki-source.ts'
import { prometheusKind } from './prometheus/prometheus-source.ts'
import { clickhouseKind } from './sql/clickhouse.ts'
import { mysqlKind } from './sql/mysql.ts'
import { postgresKind } from './sql/postgres.ts'

export const sourceKinds: readonly SourceKind[] = [
  prometheusKind,
  postgresKind,
  mysqlKind,
  clickhouseKind,
  filesKind,
  lokiKind,
  elasticsearchKind,
  httpJsonKind,
  alertmanagerKind,
  kubernetesKind,
]

export function findSourceKind(kind: string): SourceKind | null {
  return sourceKinds.find((known) => known.kind === kind) ?? null
}
