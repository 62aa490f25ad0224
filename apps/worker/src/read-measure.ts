/** How a measure that an action is bound by reads now: for plans and verifications, with the reader of the breakers. */
import { ActionError, type ActionDeps } from '@tenon/actions'
import { DataError, indexModel } from '@tenon/data'
import { createReadNewest, type HarmReading } from './watch-harm.ts'

/** `ActionDeps.readMeasure`: what the model refuses is refused; what a source does not answer, or answers too late, is no value. */
export function createReadMeasure(reading: HarmReading): NonNullable<ActionDeps['readMeasure']> {
  return async (watched, signal) => {
    const refusals: DataError[] = []
    const read = createReadNewest({
      ...reading,
      onError(what, error) {
        if (isRefusal(error)) refusals.push(error)
        else reading.onError?.(what, error)
      },
    })
    const sample = await read(watched, signal)
    const [refusal] = refusals
    if (refusal)
      throw new ActionError('bad-request', `A bound of harm cannot be watched. ${refusal.message}`, {
        fix: refusal.fix,
        cause: refusal,
      })
    const unit = indexModel((await reading.data()).model).measure(watched.measure)?.measure.unit ?? ''
    const isOld = sample === null || reading.clock.now() - sample.at > reading.graceSeconds * 1000
    if (isOld || sample.value === null) return { unit, newest: null }
    return { unit, newest: { value: sample.value, at: sample.at, from: sample.from ?? sample.at } }
  }
}

/** Of the question, not of the source: the same question is refused whenever it is asked. */
function isRefusal(error: unknown): error is DataError {
  if (!(error instanceof DataError)) return false
  switch (error.code) {
    case 'unknown-measure':
    case 'unknown-dimension':
    case 'bad-query':
      return true
    default:
      return false
  }
}
