/**
 * Deployments: how many replicas, when they were restarted (the annotation of `kubectl rollout restart`), and which template of pods they have.
 * A template is named by a hash of its content, so that "roll back" is absolute; the templates that there were are those of its replica sets,
 * each as the setting `template:<revision>`.
 */
import { contentHash } from '@tenon/runbook'
import * as z from 'zod'
import { ActionError } from '../../action-error.ts'
import type { ApplyCall, SettingValue, TargetState } from '../../driver.ts'
import { changeObject, managerOf } from './change-object.ts'
import type { KubernetesClient, KubernetesWrite } from './client.ts'

const restartedAt = 'kubectl.kubernetes.io/restartedAt'
const revisionOf = 'deployment.kubernetes.io/revision'
/** The deployment controller's own label of a replica set. */
const templateHash = 'pod-template-hash'

const texts = z.record(z.string(), z.string())
const template = z.looseObject({
  metadata: z.looseObject({ labels: texts.optional(), annotations: texts.optional() }).default({}),
})
type Template = z.infer<typeof template>

const metadata = z.object({
  name: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.number().int().default(0),
  annotations: texts.default({}),
  ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().optional() })).default([]),
})
const count = z.number().int().default(0)
const deployment = z.object({
  metadata,
  spec: z.object({
    // Absent means one.
    replicas: z.number().int().default(1),
    selector: z.object({ matchLabels: texts.default({}) }),
    template,
  }),
  status: z.object({ readyReplicas: count, updatedReplicas: count }).prefault({}),
})
const replicaSets = z.object({ items: z.array(z.object({ metadata, spec: z.object({ template }) })).nullable() })

interface Revision {
  revision: number
  hash: string
  template: Template
}

interface At {
  namespace: string
  name: string
  path: string
}

async function read(client: KubernetesClient, { path }: At, signal?: AbortSignal) {
  const object = await client.get(path, deployment, signal)
  const { uid, generation, resourceVersion } = object.metadata
  // The generation rises with each change of the spec, and with nothing else.
  return { object, resourceVersion, version: `${uid}.${generation}` }
}

/** Of its replica sets, newest first. */
async function revisions(
  client: KubernetesClient,
  at: At,
  object: z.infer<typeof deployment>,
  signal?: AbortSignal,
): Promise<Revision[]> {
  const labels = Object.entries(object.spec.selector.matchLabels).map(([name, value]) => `${name}=${value}`)
  const query = new URLSearchParams({ labelSelector: labels.join(',') })
  const list = await client.get(
    `apis/apps/v1/namespaces/${at.namespace}/replicasets?${query.toString()}`,
    replicaSets,
    signal,
  )
  return (list.items ?? [])
    .filter((one) => one.metadata.ownerReferences.some((owner) => owner.uid === object.metadata.uid))
    .map((one) => ({
      revision: Number(one.metadata.annotations[revisionOf] ?? NaN),
      hash: hashOf(one.spec.template),
      template: one.spec.template,
    }))
    .filter(({ revision }) => Number.isInteger(revision))
    .toSorted((a, b) => b.revision - a.revision)
}

export async function observeDeployment(
  client: KubernetesClient,
  target: string,
  at: At,
  signal?: AbortSignal,
): Promise<TargetState> {
  const { object, version } = await read(client, at, signal)
  const known = await revisions(client, at, object, signal)
  const { spec, status } = object
  const values: Record<string, SettingValue> = {
    replicas: spec.replicas,
    restartedAt: spec.template.metadata.annotations?.[restartedAt] ?? null,
    template: hashOf(spec.template),
    ...Object.fromEntries(known.map(({ revision, hash }) => [`template:${revision}`, hash])),
  }
  return {
    target,
    version,
    instance: null,
    servers: [],
    values,
    notes: {
      ready: `${status.readyReplicas} of ${spec.replicas} replicas ready, ${status.updatedReplicas} of the newest template`,
      revision: object.metadata.annotations[revisionOf] ?? 'unknown',
    },
  }
}

/** @throws ActionError `bad-request` for a setting that deployments do not have, `unknown-target` for a template that is not kept. */
export async function applyDeployment(
  client: KubernetesClient,
  at: At,
  values: Record<string, SettingValue>,
  call: ApplyCall,
): Promise<void> {
  const [setting, ...others] = Object.entries(values)
  if (!setting || others.length > 0)
    throw new ActionError('bad-request', 'A deployment takes one setting at a time.', {
      fix: 'Set replicas, restartedAt or template in a step of its own.',
    })
  const [name, value] = setting
  const write = writeFor(at, name, value)
  const full = `Deployment ${at.namespace}/${at.name}`
  await changeObject(client, call, {
    name: full,
    async read() {
      const found = await read(client, at, call.signal)
      const known = name === 'template' ? await revisions(client, at, found.object, call.signal) : []
      return { ...found, known }
    },
    write: ({ object, resourceVersion, known }) => write(object, resourceVersion, known),
  })
}

type WriteFor = (
  object: z.infer<typeof deployment>,
  resourceVersion: string,
  known: readonly Revision[],
) => KubernetesWrite | null

/** Values are checked here, before anything is sent. */
function writeFor(at: At, name: string, value: SettingValue): WriteFor {
  if (name === 'replicas' && typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10_000)
    return ({ spec }, resourceVersion) =>
      spec.replicas === value ? null : serverSideApply(at, resourceVersion, { name, spec: { replicas: value } })
  if (name === 'restartedAt' && typeof value === 'string' && z.iso.datetime({ offset: true }).safeParse(value).success)
    return ({ spec }, resourceVersion) =>
      spec.template.metadata.annotations?.[restartedAt] === value
        ? null
        : serverSideApply(at, resourceVersion, {
            name: 'restart',
            spec: { template: { metadata: { annotations: { [restartedAt]: value } } } },
          })
  if (name === 'template' && typeof value === 'string' && /^[0-9a-f]{16}$/.test(value))
    return ({ spec }, resourceVersion, known) => {
      if (hashOf(spec.template) === value) return null
      const wanted = known.find(({ hash }) => hash === value)
      if (wanted) return replaceTemplate(at, resourceVersion, { wanted: wanted.template, now: spec.template })
      throw new ActionError(
        'unknown-target',
        `Deployment ${at.namespace}/${at.name} keeps no revision with template ${value}.`,
        {
          fix: 'Only as many are kept as its revisionHistoryLimit says; `kubectl rollout history` lists them.',
        },
      )
    }
  throw new ActionError('bad-request', `A deployment cannot have ${name} = ${JSON.stringify(value)}.`, {
    fix: 'Set replicas (0 to 10,000), restartedAt (a time by ISO 8601) or template (one of its revisions).',
  })
}

function serverSideApply(at: At, resourceVersion: string, of: { name: string; spec: unknown }): KubernetesWrite {
  const query = new URLSearchParams({ fieldManager: managerOf(of.name), force: 'true' })
  return {
    method: 'PATCH',
    path: `${at.path}?${query.toString()}`,
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: at.name, namespace: at.namespace, resourceVersion },
      spec: of.spec,
    },
  }
}

/** As `kubectl rollout undo` does it; the time of the last restart stays as it is. */
function replaceTemplate(at: At, resourceVersion: string, { wanted, now }: { wanted: Template; now: Template }) {
  const clean = withoutOurs(wanted)
  const restart = now.metadata.annotations?.[restartedAt]
  const value =
    restart === undefined
      ? clean
      : {
          ...clean,
          metadata: { ...clean.metadata, annotations: { ...clean.metadata.annotations, [restartedAt]: restart } },
        }
  return {
    method: 'PATCH' as const,
    path: `${at.path}?${new URLSearchParams({ fieldManager: managerOf('template') }).toString()}`,
    contentType: 'application/json-patch+json' as const,
    body: [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'replace', path: '/spec/template', value },
    ],
  }
}

/** Without the controller's label and the time of the last restart, which do not make it another template. */
function withoutOurs(of: Template): Template {
  const { [templateHash]: _hash, ...labels } = of.metadata.labels ?? {}
  const { [restartedAt]: _restart, ...annotations } = of.metadata.annotations ?? {}
  const { annotations: _annotations, ...rest } = of.metadata
  return {
    ...of,
    metadata: { ...rest, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
  }
}

function hashOf(of: Template): string {
  return contentHash(withoutOurs(of)).slice('sha256:'.length, 'sha256:'.length + 16)
}
