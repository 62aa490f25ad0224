'use client'
import { ButtonLink, Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { plural } from '../ui/figures.ts'
import { Facts } from '../ui/panel.tsx'
import { KindIcon } from './kind-icon.tsx'
import { type GraphChoice, linkKey, type RelationGraph, type RelationLink } from './relation-graph.ts'

export interface RelationPanelProps {
  graph: RelationGraph
  choice: GraphChoice
  onChoose: (choice: GraphChoice) => void
  onOpen: (entity: string) => void
}

/** What was chosen in the graph, in words: the graph without its picture. */
export function RelationPanel({ graph, choice, onChoose, onOpen }: RelationPanelProps) {
  const link = choice.kind === 'link' ? graph.links.find((one) => linkKey(one) === choice.key) : undefined
  const id = choice.kind === 'entity' ? choice.id : graph.root
  return (
    <aside
      aria-label="Chosen in the graph"
      className="w-80 shrink-0 overflow-y-auto border-l border-line bg-panel p-4 max-lg:max-h-[45%] max-lg:w-full max-lg:border-t max-lg:border-l-0"
    >
      {link ? (
        <LinkFacts graph={graph} link={link} onChoose={onChoose} />
      ) : (
        <EntityFacts graph={graph} id={id} onChoose={onChoose} onOpen={onOpen} />
      )}
    </aside>
  )
}

function titleOf(graph: RelationGraph, id: string): string {
  return graph.entities.find((entity) => entity.id === id)?.title ?? id
}

function LinkFacts({
  graph,
  link,
  onChoose,
}: {
  graph: RelationGraph
  link: RelationLink
  onChoose: RelationPanelProps['onChoose']
}) {
  const name = (id: string) => (
    <button
      type="button"
      className="text-left text-accent hover:underline"
      onClick={() => onChoose({ kind: 'entity', id })}
    >
      {titleOf(graph, id)}
    </button>
  )
  return (
    <>
      <h2 className="mb-3 text-lg font-semibold">
        {titleOf(graph, link.from)} {link.kind} {titleOf(graph, link.to)}
      </h2>
      <Facts
        items={[
          { label: 'from', value: name(link.from) },
          { label: 'kind', value: link.kind },
          { label: 'to', value: name(link.to) },
          { label: 'known by', value: link.by ?? 'a person wrote it' },
          { label: 'distance', value: plural(link.hops, 'hop') },
        ]}
      />
    </>
  )
}

function EntityFacts({ graph, id, onChoose, onOpen }: Omit<RelationPanelProps, 'choice'> & { id: string }) {
  const entity = graph.entities.find((one) => one.id === id)
  if (!entity) return null
  const needs = graph.links.filter(({ from }) => from === id)
  const neededBy = graph.links.filter(({ to }) => to === id)
  return (
    <>
      <h2 className="flex items-center gap-2 text-lg font-semibold">
        <KindIcon kind={entity.kind} />
        {entity.title ?? entity.id}
      </h2>
      <div className="my-3 flex flex-wrap gap-2">
        <ButtonLink size="small" href={`/data/entities/${encodeURIComponent(id)}`}>
          Open its page
        </ButtonLink>
        {id !== graph.root && (
          <Button size="small" onClick={() => onOpen(id)}>
            Put it in the middle
          </Button>
        )}
      </div>
      <Facts
        items={[
          { label: 'id', value: <code className="font-mono text-sm">{entity.id}</code> },
          { label: 'kind', value: entity.kind },
          ...(entity.owner ? [{ label: 'owner', value: entity.owner }] : []),
          ...(entity.tier === undefined ? [] : [{ label: 'tier', value: String(entity.tier) }]),
          ...Object.entries(entity.attributes).map(([label, value]) => ({ label, value })),
          { label: 'known by', value: entity.from ?? 'a person wrote it' },
        ]}
      />
      <Links title="Depends on" links={needs} other="to" graph={graph} onChoose={onChoose} />
      <Links title="Needed by" links={neededBy} other="from" graph={graph} onChoose={onChoose} />
    </>
  )
}

/** A long list is looked at in the catalogue, not here. */
const mostLinks = 50

function Links({
  title,
  links,
  other,
  graph,
  onChoose,
}: {
  title: string
  links: RelationLink[]
  other: 'from' | 'to'
  graph: RelationGraph
  onChoose: RelationPanelProps['onChoose']
}) {
  if (links.length === 0) return null
  return (
    <section className="mt-4">
      <h3 className="mb-1 text-sm font-semibold text-third">
        {title} ({links.length})
      </h3>
      <ul>
        {links.slice(0, mostLinks).map((link) => (
          <li key={linkKey(link)}>
            <button
              type="button"
              title={link.by ?? 'a person wrote it'}
              onClick={() => onChoose({ kind: 'link', key: linkKey(link) })}
              className={classNames('flex w-full items-baseline gap-2 rounded-md px-1.5 py-1 text-left hover:bg-hover')}
            >
              <span className="min-w-0 truncate">{titleOf(graph, link[other])}</span>
              <span className="ml-auto shrink-0 text-sm text-third">{link.kind}</span>
            </button>
          </li>
        ))}
      </ul>
      {links.length > mostLinks && <p className="text-sm text-third">and {links.length - mostLinks} more</p>}
    </section>
  )
}
