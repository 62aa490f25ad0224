/** What an alert is about, in the words of the data model. docs/triage.md tells people how labels lead there. */
import { dimensionValue, indexModel } from '../model/model-index.ts'
import type { Entity, Model } from '../model/model.ts'

export interface AlertPlace {
  /** Of the rule. */
  name: string
  severity: 'critical' | 'warning' | 'info'
  /** Of the model; null when neither an annotation nor a label names one. */
  entity: string | null
  /** Of the model; null when no annotation names one. */
  measure: string | null
}

/** The most special first: an alert of a host is about the host, though it names its service and zone as well. */
const speakingLabels = [
  'host',
  'hostname',
  'instance',
  'node',
  'pod',
  'container',
  'database',
  'db',
  'queue',
  'topic',
  'service',
  'service_name',
  'app',
  'application',
  'deployment',
  'job',
  'source',
  'cluster',
  'zone',
  'region',
]

/**
 * Annotations `tenon_entity` and `tenon_measure` say it; otherwise the entity is the one whose id a label has for a value, or whose attribute of
 * the label's name has that value (`zone: A` is the zone `zone-A`). What the model does not have is passed over.
 */
export function mapAlert(
  model: Model,
  { labels, annotations }: { labels: Record<string, string>; annotations: Record<string, string> },
): AlertPlace {
  const index = indexModel(model)
  const own = (texts: Record<string, string>, name: string): string | null =>
    Object.hasOwn(texts, name) ? texts[name]! : null
  const named = own(annotations, 'tenon_entity')
  const measure = own(annotations, 'tenon_measure')
  const found = measure === null ? null : index.measure(measure)
  const entity =
    (named !== null ? index.entity(named)?.id : undefined) ?? entityOf(model, labels) ?? found?.entity ?? null
  return {
    name: own(labels, 'alertname') ?? 'Alert without a name',
    severity: severityOf(own(labels, 'severity') ?? own(labels, 'priority') ?? ''),
    entity,
    measure: found?.ref ?? null,
  }
}

function entityOf(model: Model, labels: Record<string, string>): string | undefined {
  const rank = (name: string): number => {
    const place = speakingLabels.indexOf(name)
    return place === -1 ? speakingLabels.length : place
  }
  const named = Object.entries(labels).toSorted(([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1))
  for (const [name, value] of named) {
    const found = entityNamed(model, name, value) ?? entityNamed(model, name, value.replace(/:\d+$/, ''))
    if (found) return found.id
  }
  return undefined
}

function entityNamed(model: Model, label: string, value: string): Entity | null {
  if (value === '') return null
  const index = indexModel(model)
  const same = index.entity(value)
  if (same) return same
  return index.entitiesOfKind(label).find((entity) => dimensionValue(entity) === value) ?? null
}

const criticalWords = /^(critical|crit|page|fatal|emergency|disaster|error|high|major|p0|p1|sev-?[01])$/i
const infoWords = /^(info|informational|information|notice|none|debug|low|minor|p3|p4|p5|sev-?[345])$/i

/** An alert that does not say is a warning. */
function severityOf(word: string): AlertPlace['severity'] {
  if (criticalWords.test(word.trim())) return 'critical'
  return infoWords.test(word.trim()) ? 'info' : 'warning'
}
