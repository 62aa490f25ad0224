/** Nodes: out of scheduling (`unschedulable`), and without pods that would be moved (`drained`), by eviction within their disruption budgets. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { ActionError } from '../../action-error.ts'
import type { ApplyCall, SettingValue, TargetState } from '../../driver.ts'
import { stateVersion } from '../../state-version.ts'
import { assertMaySend } from '../may-send.ts'
import { changeObject, managerOf } from './change-object.ts'
import type { KubernetesClient } from './client.ts'

interface At {
  name: string
  path: string
}

const node = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  spec: z.object({ unschedulable: z.boolean().default(false) }).prefault({}),
})

const pods = z.object({
  items: z
    .array(
      z.object({
        metadata: z.object({
          name: z.string(),
          namespace: z.string(),
          uid: z.string(),
          deletionTimestamp: z.string().optional(),
          annotations: z.record(z.string(), z.string()).default({}),
          ownerReferences: z.array(z.object({ kind: z.string(), controller: z.boolean().optional() })).default([]),
        }),
        status: z.object({ phase: z.string().default('Unknown') }).prefault({}),
      }),
    )
    .nullable(),
})

interface NodePod {
  namespace: string
  name: string
  uid: string
  /** Something would make it anew elsewhere. */
  managed: boolean
}

/** Pods that an eviction moves: not those of the node itself (mirror pods, DaemonSets), not those that ended or are leaving. */
async function podsOf(client: KubernetesClient, at: At, signal?: AbortSignal): Promise<NodePod[]> {
  const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${at.name}` })
  const { items } = await client.get(`api/v1/pods?${query.toString()}`, pods, signal)
  return (items ?? [])
    .filter(({ metadata, status }) => {
      const controller = metadata.ownerReferences.find((owner) => owner.controller === true)
      return (
        metadata.deletionTimestamp === undefined &&
        metadata.annotations['kubernetes.io/config.mirror'] === undefined &&
        controller?.kind !== 'DaemonSet' &&
        status.phase !== 'Succeeded' &&
        status.phase !== 'Failed'
      )
    })
    .map(({ metadata: { namespace, name, uid, ownerReferences } }) => ({
      namespace,
      name,
      uid,
      managed: ownerReferences.some((owner) => owner.controller === true),
    }))
}

async function read(client: KubernetesClient, at: At, signal?: AbortSignal) {
  const { metadata, spec } = await client.get(at.path, node, signal)
  const { unschedulable } = spec
  // Nodes count no generations; their resourceVersion rises with each heartbeat.
  const version = `${metadata.uid}.${stateVersion([], { unschedulable })}`
  return { unschedulable, resourceVersion: metadata.resourceVersion, version }
}

export async function observeNode(
  client: KubernetesClient,
  target: string,
  at: At,
  signal?: AbortSignal,
): Promise<TargetState> {
  const { unschedulable, version } = await read(client, at, signal)
  const found = await podsOf(client, at, signal)
  const unmanaged = found.filter(({ managed }) => !managed).length
  return {
    target,
    version,
    instance: null,
    servers: [],
    values: {
      unschedulable,
      drained: unschedulable && found.length === 0,
      pods: found.length,
      unmanagedPods: unmanaged,
    },
    notes: { pods: `${found.length} would be moved, ${unmanaged} of them have no controller and would be lost` },
  }
}

/**
 * A node that cannot be drained in time takes new pods again, if it did before: nothing stays changed, and nobody has to look.
 *
 * @throws ActionError `bad-request`; `target-refused`, retryable, when disruption budgets let pods not go in time.
 */
export async function applyNode(
  client: KubernetesClient,
  at: At,
  values: Record<string, SettingValue>,
  call: ApplyCall,
): Promise<void> {
  const { unschedulable, drained, ...others } = values
  if (
    Object.keys(others).length > 0 ||
    typeof unschedulable !== 'boolean' ||
    (drained !== undefined && drained !== true)
  )
    throw new ActionError('bad-request', `A node cannot have ${JSON.stringify(values)}.`, {
      fix: 'Set unschedulable to true or false, and drained to true with it.',
    })
  if (drained === true && !unschedulable)
    throw new ActionError('bad-request', 'A node that takes new pods cannot be drained.', {
      fix: 'Set unschedulable to true with drained.',
    })
  const cordoned = await setUnschedulable(client, at, unschedulable, call)
  if (drained !== true) return
  const held = await evictAll(client, at, call)
  if (held === null) return
  if (cordoned) await setUnschedulable(client, at, false, { ...call, expect: null })
  throw new ActionError('target-refused', `Node ${at.name} could not be drained: ${held}`, {
    fix: `${cordoned ? 'It takes new pods again.' : 'It was out of scheduling before, and still is.'} Run the step again, or see the PodDisruptionBudget that holds them.`,
    retryable: true,
  })
}

/** @returns whether it was otherwise. */
function setUnschedulable(client: KubernetesClient, at: At, unschedulable: boolean, call: ApplyCall): Promise<boolean> {
  return changeObject(client, call, {
    name: `Node ${at.name}`,
    read: () => read(client, at, call.signal),
    write: (found) =>
      found.unschedulable === unschedulable
        ? null
        : {
            method: 'PATCH',
            path: `${at.path}?${new URLSearchParams({ fieldManager: managerOf('cordon'), force: 'true' }).toString()}`,
            contentType: 'application/apply-patch+yaml',
            body: {
              apiVersion: 'v1',
              kind: 'Node',
              metadata: { name: at.name, resourceVersion: found.resourceVersion },
              spec: { unschedulable },
            },
          },
  })
}

/** Of the time to send in, what stays for putting the node back. */
const reserveMilliseconds = 1000

/**
 * Evicts until nothing is left; 429 says that a disruption budget wants some of them to stay for now.
 *
 * @returns null, or what still holds the pods when the time to send is over.
 */
async function evictAll(client: KubernetesClient, at: At, call: ApplyCall): Promise<string | null> {
  for (;;) {
    const left = await podsOf(client, at, call.signal)
    if (left.length === 0) return null
    const lost = left.find(({ managed }) => !managed)
    if (lost)
      throw new ActionError(
        'target-refused',
        `Pod ${lost.namespace}/${lost.name} has no controller: evicted, it would be lost.`,
        {
          fix: 'Move it by hand, then run the step again. The node is out of scheduling.',
        },
      )
    let wait = 0.2
    let held = `${left.length} pods are left`
    for (const pod of left) {
      assertMaySend(call)
      const answer = await client.write(eviction(pod), call.signal)
      if (answer.kind !== 'later') continue
      held = `${pod.namespace}/${pod.name}: ${answer.said}`
      wait = Math.max(wait, answer.retryAfterSeconds)
    }
    if (performance.now() + wait * 1000 > call.sendBefore - reserveMilliseconds) return held
    await sleep(wait * 1000, undefined, call.signal ? { signal: call.signal } : {})
  }
}

/** The uid makes sure that it is this pod, not one of the same name that was made since. */
function eviction({ namespace, name, uid }: NodePod) {
  return {
    method: 'POST' as const,
    path: `api/v1/namespaces/${namespace}/pods/${name}/eviction`,
    contentType: 'application/json' as const,
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    },
  }
}
