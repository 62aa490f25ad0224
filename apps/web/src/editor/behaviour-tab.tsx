'use client'
/** How a step behaves: its name, the loop it is in, joins, time, retries, muting. */
import { useState } from 'react'
import { type DocumentNode, type NodeType, outcomesOf } from '@tenon/runbook'
import { Field, Input, Select } from '../ui/field.tsx'
import { useCatalogue } from './catalogue-index.ts'
import { type NodeSettings, putIntoLoop, renameStep, setNode, withBodies } from './document-commands.ts'
import type { EditorStore } from './editor-store.ts'
import { useEditor } from './use-editor.ts'

interface BehaviourTabProps {
  store: EditorStore
  stepId: string
  nodeType: NodeType | undefined
}

export function BehaviourTab({ store, stepId, nodeType }: BehaviourTabProps) {
  const document = useEditor(store, (state) => state.document)
  const node = document.nodes[stepId]
  if (!node) return null
  const set = (settings: NodeSettings, label: string): void =>
    store.apply((before) => setNode(before, stepId, settings), { label, coalesce: `${stepId} ${label}` })
  const sources = new Set(document.edges.filter((edge) => edge.to === stepId).map(({ from }) => from)).size
  return (
    <div className="space-y-3.5 px-1 py-4">
      <Field label="Title">
        {(control) => (
          <Input
            {...control}
            value={node.title ?? ''}
            placeholder={nodeType?.title}
            data-testid="step-title"
            onChange={(event) => set({ title: event.target.value || undefined }, 'Edit title')}
          />
        )}
      </Field>
      <StepId store={store} stepId={stepId} />
      <InLoop store={store} stepId={stepId} />
      {sources > 1 && <Join node={node} sources={sources} set={set} />}
      {sources > 0 && node.in === undefined && <StartBy node={node} set={set} />}
      <Field label="Time-out" optional>
        {(control) => (
          <Input
            {...control}
            value={node.timeout ?? ''}
            placeholder={timeoutHint(nodeType)}
            onChange={(event) => set({ timeout: event.target.value || undefined }, 'Edit time-out')}
          />
        )}
      </Field>
      {nodeType && canBeTriedAgain(nodeType) && <Retries node={node} nodeType={nodeType} set={set} />}
      {nodeType && <Mute node={node} nodeType={nodeType} set={set} />}
    </div>
  )
}

type Set = (settings: NodeSettings, label: string) => void

function timeoutHint(nodeType: NodeType | undefined): string {
  if (!nodeType) return '30s'
  const { timeoutSeconds } = nodeType.defaults
  return timeoutSeconds === 0 ? 'as long as its rounds take' : `${timeoutSeconds}s (default)`
}

function canBeTriedAgain({ effect }: NodeType): boolean {
  return effect === 'compute' || effect === 'read' || effect === 'write' || effect === 'child'
}

function StepId({ store, stepId }: Pick<BehaviourTabProps, 'store' | 'stepId'>) {
  const document = useEditor(store, (state) => state.document)
  const [id, setId] = useState(stepId)
  const taken = id !== stepId && id in document.nodes
  const malformed = !/^[a-z][a-z0-9_]{0,62}$/.test(id)
  const rename = (): void => {
    if (taken || malformed) return setId(stepId)
    store.apply((before) => renameStep(before, stepId, id), { label: 'Rename', select: { nodes: [id], edges: [] } })
  }
  const error = taken
    ? 'Another step has this id. Choose another.'
    : malformed
      ? 'Use lower-case letters, digits and underscores; begin with a letter.'
      : null
  return (
    <Field label="Id in expressions" hint="References in other steps follow." error={error}>
      {(control) => (
        <Input
          {...control}
          className="font-mono"
          value={id}
          onChange={(event) => setId(event.target.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === 'Enter' && rename()}
        />
      )}
    </Field>
  )
}

/** Shown only where there are loops: most runbooks have none. */
function InLoop({ store, stepId }: Pick<BehaviourTabProps, 'store' | 'stepId'>) {
  const document = useEditor(store, (state) => state.document)
  const { find } = useCatalogue()
  const own = withBodies(document, [stepId])
  const loops = Object.entries(document.nodes).flatMap(([id, node]) => {
    const nodeType = find(node.type)
    const isLoop = nodeType?.effect === 'each' || nodeType?.effect === 'repeat'
    return isLoop && !own.has(id) ? [{ value: id, label: node.title ?? nodeType.title, note: id }] : []
  })
  const current = document.nodes[stepId]?.in ?? ''
  if (loops.length === 0 && current === '') return null
  return (
    <Field label="Runs in" hint="Edges that would lead into or out of a loop are removed.">
      {(control) => (
        <Select
          {...control}
          value={current}
          onChange={(loop) =>
            store.apply((before) => putIntoLoop(before, [stepId], loop === '' ? undefined : loop), {
              label: 'Move to another loop',
            })
          }
          options={[{ value: '', label: 'No loop: it runs once' }, ...loops]}
        />
      )}
    </Field>
  )
}

function Join({ node, sources, set }: { node: DocumentNode; sources: number; set: Set }) {
  const { join } = node
  const kind = typeof join === 'object' ? 'atLeast' : join
  return (
    <>
      <Field label={`When ${sources} paths lead here`}>
        {(control) => (
          <Select
            {...control}
            value={kind}
            onChange={(chosen) => set({ join: chosen === 'atLeast' ? { atLeast: 2 } : chosen }, 'Edit join')}
            options={[
              { value: 'all', label: 'Wait for all', note: 'Paths that are not taken do not count.' },
              { value: 'any', label: 'Begin at the first' },
              { value: 'first', label: 'Begin at the first, cancel the rest', note: 'What can only lead here.' },
              { value: 'atLeast', label: 'Wait for a number of them' },
            ]}
          />
        )}
      </Field>
      {typeof join === 'object' && (
        <Field label="Paths that must arrive">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={1}
              max={sources}
              value={join.atLeast}
              onChange={(event) => {
                const atLeast = event.target.valueAsNumber
                if (!Number.isNaN(atLeast)) set({ join: { atLeast } }, 'Edit join')
              }}
            />
          )}
        </Field>
      )}
      {(join === 'all' || typeof join === 'object') && (
        <Field
          label="Waits at most"
          optional
          hint={
            join === 'all'
              ? 'From the first path on. Then it begins with what has arrived.'
              : 'From the first path on. Then it fails.'
          }
        >
          {(control) => (
            <Input
              {...control}
              value={node.joinDeadline ?? ''}
              placeholder="no limit"
              onChange={(event) => set({ joinDeadline: event.target.value || undefined }, 'Edit join')}
            />
          )}
        </Field>
      )}
    </>
  )
}

function StartBy({ node, set }: { node: DocumentNode; set: Set }) {
  const hint =
    'From the start of the run. Then it begins with what has arrived, and what it still waits for is cancelled.'
  return (
    <Field label="Begins by" optional hint={hint}>
      {(control) => (
        <Input
          {...control}
          value={node.startBy ?? ''}
          placeholder="no limit"
          onChange={(event) => set({ startBy: event.target.value || undefined }, 'Edit join')}
        />
      )}
    </Field>
  )
}

function Retries({ node, nodeType, set }: { node: DocumentNode; nodeType: NodeType; set: Set }) {
  return (
    <Field label="Attempts" hint="After errors that may pass. The wait doubles from 1 s.">
      {(control) => (
        <Input
          {...control}
          type="number"
          min={1}
          max={10}
          value={node.retry?.attempts ?? ''}
          placeholder={`${nodeType.defaults.attempts} (default)`}
          onChange={(event) => {
            const attempts = event.target.valueAsNumber
            const { backoff = '1s', nonRetryable = [] } = node.retry ?? {}
            set({ retry: Number.isNaN(attempts) ? undefined : { attempts, backoff, nonRetryable } }, 'Edit attempts')
          }}
        />
      )}
    </Field>
  )
}

function Mute({ node, nodeType, set }: { node: DocumentNode; nodeType: NodeType; set: Set }) {
  const outcomes = outcomesOf(node, nodeType).filter(
    // An approval that is passed over as a yes would be no approval.
    ({ name }) => nodeType.effect !== 'approve' || name !== 'approved',
  )
  return (
    <Field label="Mute" hint={node.mute === undefined ? undefined : 'It does not run; it has no output.'}>
      {(control) => (
        <Select
          {...control}
          value={node.mute ?? ''}
          onChange={(mute) => set({ mute: mute === '' ? undefined : mute }, 'Mute')}
          options={[
            { value: '', label: 'No: the step runs' },
            ...outcomes.map(({ name }) => ({ value: name, label: `Go on as ${name}` })),
          ]}
        />
      )}
    </Field>
  )
}
