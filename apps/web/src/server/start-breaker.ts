/** Breakers without an action, for both APIs: what is asked for must exist before anybody relies on it. */
import { parseStopScope, type Breaker, type NewBreaker, type OnBreach } from '@tenon/actions'
import { actorKey, labelOf, type Actor } from './actor.ts'
import { findPlace } from './data/service-view.ts'
import { ApiError } from './errors.ts'
import type { Services } from './services.ts'
import { assertKnownScope } from './stop-scopes.ts'

/** @throws DataError `unknown-measure`, ActionError `bad-request` for a scope that holds for nothing, ApiError `bad-breaker`. */
export async function startBreaker(services: Services, wanted: NewBreaker, actor: Actor): Promise<Breaker> {
  await assertMeasures(services, wanted)
  await assertConsequence(services, wanted.onBreach)
  return services.db.breakers.start(wanted, { by: labelOf(actor), actor: actorKey(actor) })
}

/** One that nobody measures would trip by itself after the grace, and nobody would know why. */
async function assertMeasures(services: Services, { bounds }: NewBreaker): Promise<void> {
  const read = bounds.filter(({ source }) => source === 'model')
  if (read.length === 0) return
  const { model } = await services.data()
  for (const { measure, where } of read) {
    const { dimensions, where: own } = findPlace(model, measure)
    const unknown = Object.keys(where).find((name) => !dimensions.includes(name) && !Object.hasOwn(own, name))
    if (unknown !== undefined)
      throw badBreaker(
        `${measure} has no dimension "${unknown}".`,
        dimensions.length === 0 ? 'Leave "where" empty.' : `It has ${dimensions.join(', ')}.`,
      )
  }
}

async function assertConsequence(services: Services, onBreach: OnBreach): Promise<void> {
  const { db } = services
  switch (onBreach.kind) {
    case 'tell':
      return
    case 'revert':
    case 'stop-writes':
      return assertKnownScope(services, parseStopScope(onBreach.scope))
    case 'cancel-run': {
      const run = await db.runs.summary(onBreach.runId)
      if (!run) throw badBreaker(`There is no run ${onBreach.runId}.`, 'Start the run first, then the breaker.')
      if (run.endedAt !== null) throw badBreaker(`The run ${onBreach.runId} has ended.`, 'Name a run that goes on.')
      return
    }
    case 'webhook': {
      const connection = await db.connections.get(onBreach.connection)
      if (connection?.kind === 'webhook') return
      throw badBreaker(
        connection
          ? `The connection ${onBreach.connection} is ${connection.kind}, not a webhook.`
          : `There is no connection ${onBreach.connection}.`,
        'Name a connection of kind webhook; an admin adds it in Settings.',
      )
    }
  }
}

const badBreaker = (message: string, fix: string): ApiError =>
  new ApiError({ status: 400, code: 'bad-breaker', message, fix })
