import { describe, expect, test } from 'vitest'
import { actionPlan } from '../test/model/random-drive.ts'
import { requester } from '../test/model/random-plan.ts'
import { ended, planOf, play, start, type Nodes } from '../test/play.ts'
import { refuseDecision, type Decision } from './approval.ts'
import { tokenLabel } from './person.ts'
import type { RunContext, RunEvent, RunState } from './run.ts'

const go = { type: 'act.switch', with: { entity: 'pay' } }
const approve = (inputs: object = {}, more: object = {}): Nodes[string] => ({
  type: 'steer.approve',
  with: { question: 'Go?', ...inputs },
  ...more,
})
const planned = (stepId: string, guarded: string): RunEvent => ({
  kind: 'actions-planned',
  at: 3000,
  stepId,
  plans: [actionPlan(guarded)],
})
const yes = (by: string): Decision => ({ stepId: 'ask', decision: 'approved', by, hashes: ['sha256:go'] })
const tokenOf = (person: string): string => tokenLabel({ name: 'ci', person })

describe('a token is the person whose it is', () => {
  const asked = (inputs: object = {}, saidYes: string[] = [], by = requester): RunState =>
    play(
      planOf({ ask: approve(inputs), go }, ['ask -approved-> go']),
      [
        start,
        planned('ask', 'go'),
        ...saidYes.map((who): RunEvent => ({ kind: 'approval-decided', at: 4000, ...yes(who), hashes: ['sha256:go'] })),
      ],
      { trigger: { kind: 'api', by } },
    ).state

  test('who started the run may not approve it with one, and who started it with one may not approve it', () => {
    expect(refuseDecision(asked(), yes(tokenOf(requester)))).toBe('requester-may-not-approve')
    expect(refuseDecision(asked({}, [], tokenOf('bo')), yes('bo'))).toBe('requester-may-not-approve')
    expect(refuseDecision(asked({}, [], tokenOf('bo')), yes(tokenOf('bo')))).toBe('requester-may-not-approve')
    expect(refuseDecision(asked({}, [], tokenOf('bo')), yes(tokenOf('cy')))).toBeNull()
    expect(refuseDecision(asked({ allowRequester: true }), yes(tokenOf(requester)))).toBeNull()
  })

  test('one person does not say yes twice by means of one', () => {
    expect(refuseDecision(asked({ approvals: 2 }, ['bo']), yes(tokenOf('bo')))).toBe('already-decided')
    expect(refuseDecision(asked({ approvals: 2 }, [tokenOf('bo')]), yes('bo'))).toBe('already-decided')
    expect(refuseDecision(asked({ approvals: 2 }, [tokenOf('bo')]), yes(tokenOf('cy')))).toBeNull()
  })

  test('it may what its person may', () => {
    expect(refuseDecision(asked({ approvers: ['bo'] }), yes(tokenOf('bo')))).toBeNull()
    expect(refuseDecision(asked({ approvers: ['bo'] }), yes(tokenOf('cy')))).toBe('not-an-approver')
  })

  test('one of which nobody knows whose it is says no only', () => {
    expect(refuseDecision(asked(), yes('token:ci'))).toBe('person-needed')
    expect(refuseDecision(asked({ allowRequester: true }), yes('token:ci'))).toBe('person-needed')
    expect(refuseDecision(asked(), { ...yes('token:ci'), decision: 'rejected' })).toBeNull()
  })
})

describe('a dry run asks nobody', () => {
  const dry: Partial<RunContext> = { mode: 'rehearsal', trigger: { kind: 'button', by: requester } }
  const asks = (played: { commands: { kind: string }[][] }): boolean =>
    played.commands.flat().some(({ kind }) => kind === 'request-approval' || kind === 'plan-actions')

  test('it says that people would be asked, and goes on to what a yes leads to', () => {
    const played = play(planOf({ ask: approve(), go }, ['ask -approved-> go']), [start], dry)
    expect(played.state.steps['ask']).toMatchObject({
      status: 'done',
      result: {
        outcome: 'approved',
        summary: 'Dry run: people would be asked here',
        output: { by: null, approvals: [], hashes: [] },
      },
    })
    expect(played.commands[0]).toContainEqual(expect.objectContaining({ kind: 'run-step', stepId: 'go' }))
    expect(asks(played)).toBe(false)
  })

  test('in a loop as well, in each round', () => {
    const plan = planOf(
      {
        loop: { type: 'steer.for-each', with: { items: ['a', 'b'], concurrency: 1 } },
        ask: approve({}, { in: 'loop' }),
        go: { ...go, in: 'loop' },
      },
      ['ask -approved-> go'],
    )
    const done = plan.steps.find(({ id }) => id === 'go')!.outcomes[0]!.name
    const rounds = [0, 1].map((round) => ended(`go#${round}`, done))
    const played = play(plan, [start, ...rounds], dry)
    expect(played.state.status).toBe('succeeded')
    expect(played.state.steps['ask#1']).toMatchObject({ result: { summary: 'Dry run: people would be asked here' } })
    expect(asks(played)).toBe(false)
  })

  test('what a muted approval comes to is what it is muted as', () => {
    const plan = planOf({ ask: approve({}, { mute: 'rejected' }), go }, ['ask -approved-> go'])
    expect(play(plan, [start], dry).state.steps).toMatchObject({ ask: { origin: 'muted' }, go: { status: 'skipped' } })
  })

  test('backtests and tests are none: the ones wait until it expires, the others have recorded answers', () => {
    for (const kind of ['backtest', 'test'] as const) {
      const context = { mode: 'rehearsal' as const, trigger: { kind, by: requester } }
      expect(asks(play(planOf({ ask: approve() }), [start], context))).toBe(true)
    }
  })
})
