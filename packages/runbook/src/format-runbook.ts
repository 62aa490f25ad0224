/** Document -> text: one document has one text, so that Git shows what changed and nothing else. */
import { Document, isMap, isSeq } from 'yaml'
import type { DocumentNode, Parameter, RunbookDocument } from './document.ts'

/**
 * Canonical YAML: fields in one order, defaults left out, edges and positions one a line, layout last. Reading it back gives an equal document.
 */
export function formatRunbook(document: RunbookDocument): string {
  const { description, schedule, timeout, onFailure } = document
  const plain = {
    tenon: document.tenon,
    name: document.name,
    title: document.title,
    ...(description === '' ? {} : { description }),
    ...filled('params', mapValues(document.params, formatParameter)),
    ...(schedule ? { schedule: formatSchedule(schedule) } : {}),
    ...(timeout === '1h' ? {} : { timeout }),
    ...(onFailure === 'revert' ? {} : { onFailure }),
    nodes: mapValues(document.nodes, formatNode),
    ...(document.edges.length === 0 ? {} : { edges: document.edges.map(({ from, on, to }) => ({ from, on, to })) }),
    ...filled(
      'layout',
      mapValues(document.layout, ({ x, y }) => ({ x, y })),
    ),
  }
  const yaml = new Document(plain, { version: '1.2', aliasDuplicateObjects: false })
  const edges = yaml.get('edges')
  if (isSeq(edges)) for (const edge of edges.items) if (isMap(edge)) edge.flow = true
  const layout = yaml.get('layout')
  if (isMap(layout)) for (const { value } of layout.items) if (isMap(value)) value.flow = true
  return yaml.toString({ lineWidth: 0 })
}

function formatNode({ type, title, with: inputs, join, timeout, retry }: DocumentNode): object {
  return {
    type,
    ...(title === undefined ? {} : { title }),
    ...filled('with', inputs),
    ...(join === 'all' ? {} : { join }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry === undefined
      ? {}
      : { retry: { attempts: retry.attempts, ...(retry.backoff === '1s' ? {} : { backoff: retry.backoff }) } }),
  }
}

function formatParameter({ type, title, description, default: value }: Parameter): object {
  return {
    type,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(value === undefined ? {} : { default: value }),
  }
}

function formatSchedule({ cron, timeZone, params }: NonNullable<RunbookDocument['schedule']>): object {
  return { cron, ...(timeZone === 'UTC' ? {} : { timeZone }), ...filled('params', params) }
}

function filled(name: string, fields: Record<string, unknown>): object {
  return Object.keys(fields).length === 0 ? {} : { [name]: fields }
}

function mapValues<T>(fields: Record<string, T>, format: (value: T) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, format(value)]))
}
