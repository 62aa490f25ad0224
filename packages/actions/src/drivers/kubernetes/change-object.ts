/** Compare-and-set of one object: read, compare, write with the resourceVersion that was read. */
import { ActionError } from '../../action-error.ts'
import type { ApplyCall } from '../../driver.ts'
import { assertMaySend } from '../may-send.ts'
import type { KubernetesClient, KubernetesWrite } from './client.ts'

/** Fields that one manager applied and leaves out the next time are removed by the server, so each setting has a manager of its own. */
export const managerOf = (setting: string): string => `tenon-${setting}`

/** How often a write that met a newer resourceVersion is tried again: status updates, by controllers, raise it too. */
const attempts = 8

/**
 * @param of.read the object with its resourceVersion and its version of what can be set (see `TargetState.version`).
 * @param of.write the change for what was read; null when it is so already.
 * @returns whether anything had to be changed.
 * @throws ActionError `stale` when it is not the version that was judged, and what the client throws.
 */
export async function changeObject<Found extends { resourceVersion: string; version: string }>(
  client: KubernetesClient,
  call: ApplyCall,
  of: { name: string; read(): Promise<Found>; write(found: Found): KubernetesWrite | null },
): Promise<boolean> {
  let judged = call.expect
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const found = await of.read()
    if (judged !== null && found.version !== judged) throw changed(of.name)
    // What a controller wrote may pass in between two attempts, what a person set may not.
    judged = found.version
    const write = of.write(found)
    if (!write) return false
    assertMaySend(call)
    const answer = await client.write(write, call.signal)
    switch (answer.kind) {
      case 'done':
        return true
      case 'gone':
        throw new ActionError('unknown-target', `${of.name} is not there any more: ${answer.said}`, {
          fix: 'Compare the name with `kubectl get`.',
        })
      case 'later':
        throw new ActionError('target-refused', `The cluster takes no more calls for now: ${answer.said}`, {
          fix: 'Nothing was changed by this call. Run the step again.',
          retryable: true,
        })
      case 'conflict':
        continue
    }
  }
  throw changed(of.name)
}

function changed(name: string): ActionError {
  return new ActionError('stale', `${name} was changed since it was looked at.`, {
    fix: 'Nothing was changed by this call. Run the step again for a new plan.',
  })
}
