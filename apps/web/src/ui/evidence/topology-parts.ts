/** Which parts of a topology are hot, and the same as a list. Pure. */
import type { Evidence } from '@tenon/runbook'

type TopologyEvidence = Extract<Evidence, { kind: 'topology' }>
type Edge = TopologyEvidence['edges'][number]

export interface HotPath {
  isHotEdge(edge: Edge): boolean
  isHotNode(id: string): boolean
  /** Nothing is hot: then nothing is dimmed either. */
  isEmpty: boolean
}

/** What the evidence marks as hot; where it marks nothing, the links between abnormal parts. Abnormal parts are never dimmed. */
export function hotPath({ nodes, edges }: Pick<TopologyEvidence, 'nodes' | 'edges'>): HotPath {
  const abnormal = new Set(nodes.filter(({ verdict }) => verdict === 'abnormal').map(({ id }) => id))
  const isMarked = edges.some(({ hot }) => hot)
  const isHotEdge = (edge: Edge): boolean =>
    isMarked ? edge.hot === true : abnormal.has(edge.from) && abnormal.has(edge.to)
  const hot = new Set([...abnormal, ...edges.filter(isHotEdge).flatMap(({ from, to }) => [from, to])])
  return { isHotEdge, isHotNode: (id) => hot.has(id), isEmpty: hot.size === 0 }
}

export interface ListedNode {
  id: string
  title: string
  kind: string | null
  verdict: TopologyEvidence['nodes'][number]['verdict'] | null
  note: string | null
  isHot: boolean
  uses: { title: string; isHot: boolean }[]
}

/** Every node with what it depends on; the hot path first. */
export function topologyList(evidence: Pick<TopologyEvidence, 'nodes' | 'edges'>): ListedNode[] {
  const path = hotPath(evidence)
  const titles = new Map(evidence.nodes.map(({ id, title }) => [id, title]))
  return evidence.nodes
    .map((node) => ({
      id: node.id,
      title: node.title,
      kind: node.kind ?? null,
      verdict: node.verdict ?? null,
      note: node.note ?? null,
      isHot: path.isHotNode(node.id),
      uses: evidence.edges
        .filter(({ from }) => from === node.id)
        .map((edge) => ({ title: titles.get(edge.to) ?? edge.to, isHot: path.isHotEdge(edge) })),
    }))
    .toSorted((a, b) => Number(b.isHot) - Number(a.isHot))
}
