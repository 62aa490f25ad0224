/** Long work in slices: the process that does it answers others between them. */
import { setImmediate } from 'node:timers/promises'

const sliceMilliseconds = 8

/** @returns what is to be awaited before going on, or null while the slice lasts: awaiting each time would cost more than the work. */
export function giveWay(): () => Promise<void> | null {
  let began = performance.now()
  return () => {
    if (performance.now() - began < sliceMilliseconds) return null
    return setImmediate().then(() => {
      began = performance.now()
    })
  }
}

export async function mapInSlices<T, R>(items: Iterable<T>, make: (item: T, at: number) => R): Promise<R[]> {
  const pause = giveWay()
  const made: R[] = []
  for (const item of items) {
    made.push(make(item, made.length))
    const wait = pause()
    if (wait) await wait
  }
  return made
}
