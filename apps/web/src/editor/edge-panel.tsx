'use client'
import { ArrowRight, Trash2 } from 'lucide-react'
import { outcomesOf } from '@tenon/runbook'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { alwaysOutcome, errorOutcome } from './card-geometry.ts'
import { useCatalogue } from './catalogue-index.ts'
import { disconnect, type EdgeKey } from './document-commands.ts'
import { type EditorStore, nothingSelected } from './editor-store.ts'
import { useEditor } from './use-editor.ts'

/** A connection: when it is taken, and between which steps. */
export function EdgePanel({ store, edge, readOnly }: { store: EditorStore; edge: EdgeKey; readOnly: boolean }) {
  const document = useEditor(store, (state) => state.document)
  const { find } = useCatalogue()
  const typeOf = (id: string) => find(document.nodes[id]?.type ?? '')
  const outcomesOfStep = (id: string) => {
    const [node, nodeType] = [document.nodes[id], typeOf(id)]
    return node && nodeType ? outcomesOf(node, nodeType) : []
  }
  const outcome = [...outcomesOfStep(edge.from), alwaysOutcome, errorOutcome].find(({ name }) => name === edge.on)
  const step = (id: string) => (
    <button
      type="button"
      className="block w-full truncate rounded-lg border border-line px-3 py-2 text-left font-medium hover:bg-hover"
      onClick={() => store.select({ nodes: [id], edges: [] })}
    >
      {document.nodes[id]?.title ?? typeOf(id)?.title ?? id}
    </button>
  )
  return (
    <div className="space-y-3 px-4 py-4">
      <h2 className="text-lg font-semibold">Connection</h2>
      {step(edge.from)}
      <div className="flex items-center gap-2 px-1">
        <ArrowRight aria-hidden className="size-3.5 rotate-90 text-third" />
        <Badge tone={outcome && outcome.name !== 'error' ? outcome.tone : 'neutral'}>{edge.on}</Badge>
      </div>
      {outcome && <p className="px-1 text-sm text-second">{outcome.meaning}</p>}
      {step(edge.to)}
      {!readOnly && (
        <Button
          variant="danger"
          size="small"
          icon={<Trash2 aria-hidden className="size-3.5" />}
          onClick={() =>
            store.apply((before) => disconnect(before, [edge]), { label: 'Disconnect', select: nothingSelected })
          }
        >
          Disconnect
        </Button>
      )}
    </div>
  )
}
