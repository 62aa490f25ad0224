'use client'
import { Plus, X } from 'lucide-react'
import { canConnect, type NodeType, outcomesOf, type OutcomeType } from '@tenon/runbook'
import { Badge } from '../ui/badge.tsx'
import { IconButton } from '../ui/button.tsx'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import type { Tone } from '../ui/tone.ts'
import { alwaysOutcome, errorOutcome } from './card-geometry.ts'
import { useCatalogue } from './catalogue-index.ts'
import { connect, disconnect } from './document-commands.ts'
import type { EditorStore } from './editor-store.ts'
import { useEditor } from './use-editor.ts'

/** How a step can end, what each end means, and where it leads: drawing edges without a mouse. */
export function StepConnections({
  store,
  stepId,
  nodeType,
}: {
  store: EditorStore
  stepId: string
  nodeType: NodeType
}) {
  const node = useEditor(store, (state) => state.document.nodes[stepId])
  const outcomes = node ? outcomesOf(node, nodeType) : nodeType.outcomes
  return (
    <section aria-label="Ends as">
      <h3 className="mb-1 text-sm font-medium text-second">Ends as</h3>
      <ul className="divide-y divide-line border-y border-line">
        {[...outcomes, alwaysOutcome, errorOutcome].map((outcome) => (
          <Outcome key={outcome.name} store={store} stepId={stepId} outcome={outcome} />
        ))}
      </ul>
    </section>
  )
}

function Outcome({ store, stepId, outcome }: { store: EditorStore; stepId: string; outcome: OutcomeType }) {
  const document = useEditor(store, (state) => state.document)
  const { catalogue, find } = useCatalogue()
  const titleOf = (id: string): string => document.nodes[id]?.title ?? find(document.nodes[id]?.type ?? '')?.title ?? id
  const edges = document.edges.filter((edge) => edge.from === stepId && edge.on === outcome.name)
  const items: MenuItem[] = Object.keys(document.nodes)
    .map((to) => ({ from: stepId, on: outcome.name, to }))
    .filter((edge) => canConnect(document, catalogue, edge).ok)
    .map((edge) => ({
      label: `${titleOf(edge.to)} (${edge.to})`,
      onSelect: () => store.apply((before) => connect(before, edge), { label: 'Connect' }),
    }))
  return (
    <li className="py-1.5">
      <div className="flex items-center gap-2">
        <Badge tone={toneOf(outcome)}>{outcome.name}</Badge>
        <span className="ml-auto">
          <Menu
            trigger={
              <IconButton
                size="small"
                variant="ghost"
                label={`Connect ${outcome.name} to…`}
                disabledReason={items.length === 0 && 'No other step can follow. Add one first.'}
              >
                <Plus aria-hidden className="size-3.5" />
              </IconButton>
            }
            items={items}
          />
        </span>
      </div>
      <p className="text-sm text-third">{outcome.meaning}</p>
      {edges.map((edge) => (
        <div key={edge.to} className="flex items-center gap-1 text-sm">
          <span aria-hidden className="text-third">
            →
          </span>
          <span className="min-w-0 truncate">{titleOf(edge.to)}</span>
          <IconButton
            size="small"
            variant="ghost"
            className="ml-auto size-6!"
            label={`Disconnect ${outcome.name} from ${titleOf(edge.to)}`}
            onClick={() => store.apply((before) => disconnect(before, [edge]), { label: 'Disconnect' })}
          >
            <X aria-hidden className="size-3" />
          </IconButton>
        </div>
      ))}
    </li>
  )
}

const toneOf = ({ name, tone }: OutcomeType): Tone => (name === 'error' ? 'neutral' : tone)
