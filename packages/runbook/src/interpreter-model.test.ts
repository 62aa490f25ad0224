import { expect, test } from 'vitest'
import { initialState, step } from './interpreter.ts'
import { describeDifference, fuzzDifferences, viewOfState } from '../test/model/fuzz.ts'
import { modelOf } from '../test/model/model.ts'
import { diceFrom, choicesFrom } from '../test/model/dice.ts'
import { randomRun } from '../test/model/random-plan.ts'

const graphs = 1500

test(`interpreter and reference model agree after every event of ${graphs} random runs`, { timeout: 120_000 }, () => {
  const seed = 1
  const { seen, differences, events } = fuzzDifferences(graphs, seed, { most: 1 })
  console.log(`${graphs} graphs from seed ${seed}, ${events} events`)
  expect(differences.map(describeDifference)).toEqual([])
  // A fuzz that never came to a construct says nothing about it.
  const constructs = {
    effect: ['compute', 'read', 'write', 'approve', 'wait', 'event', 'each', 'repeat', 'child', 'stop'],
    'event timer': ['retry', 'approval', 'wait', 'event', 'join', 'loop', 'round', 'run-timeout'],
    event: ['joined', 'cancel', 'actions-planned', 'event-received', 'approval-decided'],
    error: ['bad-input', 'expression-failed', 'round-failed', 'timeout', 'too-many-failures', 'unknown-outcome'],
    outcome: ['approved', 'rejected', 'expired', 'received', 'partial', 'empty', 'met', 'exhausted', 'inconclusive'],
    run: ['succeeded', 'failed', 'cancelled', 'timed-out'],
    join: ['all', 'any', 'first', 'atLeast', 'all with a deadline', 'atLeast with a deadline'],
    is: ['muted', 'preset', 'only', 'skipped', 'cancelled', 'stopped'],
  }
  const wanted = Object.entries(constructs).flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`))
  expect(wanted.filter((construct) => !seen[construct])).toEqual([])
})

test('the fuzz sees a difference: a state that was tampered with does not look like the model', () => {
  const { plan, context } = randomRun(diceFrom(choicesFrom(7, 400)))
  const start = { kind: 'start', at: 1000 } as const
  const { state, commands } = step(plan, initialState(plan, context), start)
  const model = modelOf(plan, context, [start])
  expect(viewOfState(state, commands)).toEqual(model)
  expect(viewOfState({ ...state, joined: [context.trigger] }, commands)).not.toEqual(model)
})
