import {
  Box,
  Boxes,
  Database,
  Globe,
  GitCommitHorizontal,
  type LucideIcon,
  Map,
  Network,
  Server,
  ShoppingCart,
  Sigma,
  Table2,
} from 'lucide-react'
import { classNames } from '../ui/class-names.ts'

const icons: Record<string, LucideIcon> = {
  service: Box,
  host: Server,
  pod: Server,
  node: Server,
  zone: Map,
  database: Database,
  queue: Network,
  source: ShoppingCart,
  system: Boxes,
  external: Globe,
  measure: Sigma,
  table: Table2,
  chain: GitCommitHorizontal,
}

/** What kind of thing it is, at a glance; the word stands beside it. */
export function KindIcon({ kind, className }: { kind: string; className?: string }) {
  const Icon = icons[kind] ?? Box
  return <Icon aria-hidden className={classNames('size-4 shrink-0 text-third', className)} />
}
