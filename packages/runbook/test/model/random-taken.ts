/** Random runs for fast-check: what the interpreter's properties are tested with. */
import fc from 'fast-check'
import type { PlanStep } from '../../src/plan.ts'
import type { RunCommand, RunState } from '../../src/run.ts'
import { diceFrom } from './dice.ts'
import { drive, type Taken } from './random-drive.ts'
import { type RandomRun, randomRun } from './random-plan.ts'

export interface DrivenRun extends RandomRun {
  taken: Taken[]
  last: RunState
  commands: RunCommand[]
}

const choices = fc.array(fc.nat(65_535), { maxLength: 2000, size: 'max' })

/**
 * What is wrong in random runs: nothing, or what `faultsIn` says of the smallest run found, with the choices that make it. States and events are frozen, so
 * that the interpreter cannot change them in place.
 */
export function faultsInRandomRuns(faultsIn: (run: DrivenRun) => Iterable<string>, numRuns = 250): string[] {
  const property = fc.property(choices, (given) => {
    const dice = diceFrom(given)
    const run = randomRun(dice)
    const taken = drive(run, dice, { frozen: true })
    const commands = taken.flatMap((one) => one.commands)
    const faults = [...faultsIn({ ...run, taken, last: taken.at(-1)!.after, commands })]
    if (faults.length > 0) throw new Error(faults.join('\n'))
  })
  const result = fc.check(property, { numRuns })
  return result.failed ? [fc.defaultReportMessage(result) ?? 'failed'] : []
}

/** The step of the plan that a key belongs to. */
export function planStepAt({ plan }: Pick<RandomRun, 'plan'>, key: string): PlanStep {
  const id = key.split('#')[0]
  const found = plan.steps.find((one) => one.id === id)
  if (!found) throw new Error(`The plan has no step for ${key}.`)
  return found
}
