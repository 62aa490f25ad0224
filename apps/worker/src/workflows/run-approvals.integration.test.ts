import { queryNames, type RunState } from '@tenon/runbook'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, refusalOf, startEngine, type Engine } from '../../test/engine.ts'
import { testNodes, type Trace } from '../../test/nodes.ts'
import { answer, plan, runOf, statuses } from '../../test/plans.ts'

const trace: Trace = { ran: [], aborted: [], approvers: new Map() }
let engine: Engine
beforeAll(async () => {
  engine = await startEngine(testNodes(trace), {}, (call) =>
    trace.approvers.set(`${call.context.runId}/${call.stepId}`, call.approvedBy),
  )
})
afterAll(() => engine.stop())

describe('approvals', () => {
  const guarded = (expiresAfter: string, input: Record<string, unknown> = {}) =>
    plan(
      [
        {
          id: 'ask',
          type: 'steer.approve',
          effect: 'approve',
          outcomes: ['approved', 'rejected', 'expired'],
          input: { question: 'Switch?', expiresAfter, ...input },
          guards: ['write'],
        },
        { id: 'write', type: 'test.write', effect: 'write' },
        answer('otherwise'),
      ],
      ['ask -approved-> write', 'ask -expired-> otherwise'],
    )

  async function waiting(made: ReturnType<typeof guarded>) {
    const one = runOf(made)
    const handle = await engine.start(one)
    const request = await eventually(() => engine.approvals.find((other) => other.runId === one.runId))
    return { handle, runId: one.runId, hashes: request.plans.map((planned) => planned.hash), request }
  }

  test('people see the planned action; a yes runs it with the hash that they saw', async () => {
    const { handle, runId, hashes, request } = await waiting(guarded('1m'))
    expect(request).toMatchObject({ question: 'Switch?', plans: [{ stepId: 'write', title: 'Set on' }] })
    await engine.decide(runId, { stepId: 'ask', decision: 'approved', by: 'bo@example.com', hashes })
    const projected = engine.projections.findLast((one) => one.runId === runId && one.approvals.length > 0)
    expect(projected?.approvals).toMatchObject([{ stepId: 'ask', status: 'approved', by: 'bo@example.com' }])
    const state = (await handle.result()) as RunState
    expect(state.steps['write']).toMatchObject({
      status: 'done',
      result: { output: { key: `${runId}/write`, approvedHash: hashes[0] } },
    })
  })

  test('the validator refuses another step, other hashes, the requester where forbidden, and a second decision', async () => {
    const { handle, runId, hashes } = await waiting(guarded('1m', { allowRequester: false }))
    const yes = { stepId: 'ask', decision: 'approved' as const, by: 'bo@example.com', hashes }
    expect(await refusalOf(engine.decide(runId, { ...yes, stepId: 'write' }))).toBe('no-such-waiting-step')
    expect(await refusalOf(engine.decide(runId, { ...yes, hashes: ['sha256:0'] }))).toBe('plan-changed')
    expect(await refusalOf(engine.decide(runId, { ...yes, by: 'ana@example.com' }))).toBe('requester-may-not-approve')
    const before = (await handle.query(queryNames.runState)) as RunState
    expect(before.steps['ask']?.status).toBe('waiting')
    const second = { ...yes, decision: 'rejected' as const }
    const answers = await Promise.allSettled([engine.decide(runId, yes), engine.decide(runId, second)])
    expect(answers.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await handle.result()
  })

  test('an approval that nobody decides expires and nothing is written', async () => {
    const { handle, runId } = await waiting(guarded('1s'))
    const state = (await handle.result()) as RunState
    expect(statuses(state)).toEqual({ ask: 'done', write: 'skipped', otherwise: 'done' })
    expect(trace.ran).not.toContain(`${runId}/write`)
    expect(
      engine.projections.findLast((one) => one.runId === runId && one.approvals.length > 0)?.approvals,
    ).toMatchObject([{ status: 'expired', by: null }])
  })

  test('two of three people: each once, only those who are named, and each yes is shown', async () => {
    const people = ['bo@example.com', 'cy@example.com', 'di@example.com']
    const form = { ticket: { type: 'string' } }
    const { handle, runId, hashes, request } = await waiting(guarded('1m', { approvals: 2, approvers: people, form }))
    expect(request).toMatchObject({ needed: 2, approvers: people, form, allowRequester: false })
    const yes = (by: string, filled: Record<string, unknown> = { ticket: 'OPS-1' }) =>
      engine.decide(runId, { stepId: 'ask', decision: 'approved', by, hashes, form: filled })
    expect(await refusalOf(yes('eve@example.com'))).toBe('not-an-approver')
    expect(await refusalOf(yes('bo@example.com', {}))).toBe('form-invalid')
    await yes('bo@example.com')
    const shown = engine.projections.findLast((one) => one.runId === runId && one.decisions)
    expect(shown?.decisions).toMatchObject([
      { stepId: 'ask', approvals: [{ by: 'bo@example.com', form: { ticket: 'OPS-1' } }] },
    ])
    expect(await refusalOf(yes('bo@example.com'))).toBe('already-decided')
    expect(trace.ran).not.toContain(`${runId}/write`)
    await yes('di@example.com', { ticket: 'OPS-2' })
    const state = (await handle.result()) as RunState
    expect(state.steps['ask']).toMatchObject({ result: { outcome: 'approved', output: { form: { ticket: 'OPS-2' } } } })
    expect(trace.ran).toContain(`${runId}/write`)
    expect(trace.approvers.get(`${runId}/write`)).toBe('bo@example.com, di@example.com')
  })

  test('an expiry that counts as a no is rejected by nobody', async () => {
    const { handle, runId } = await waiting(guarded('1s', { onExpiry: 'reject' }))
    const state = (await handle.result()) as RunState
    expect(state.steps['ask']).toMatchObject({ status: 'done', result: { outcome: 'rejected' } })
    const ended = engine.projections.findLast((one) => one.runId === runId && one.approvals.length > 0)
    expect(ended?.approvals).toMatchObject([{ status: 'rejected', by: null }])
  })

  test('a token is the person whose it is: neither a second yes, nor another than who started the run', async () => {
    const { handle, runId, hashes } = await waiting(guarded('1m', { approvals: 2 }))
    const yes = (by: string) => engine.decide(runId, { stepId: 'ask', decision: 'approved', by, hashes })
    expect(await refusalOf(yes('token:ci of ana@example.com'))).toBe('requester-may-not-approve')
    expect(await refusalOf(yes('token:ci'))).toBe('person-needed')
    await yes('bo@example.com')
    expect(await refusalOf(yes('token:ci of bo@example.com'))).toBe('already-decided')
    await yes('token:ci of cy@example.com')
    expect(((await handle.result()) as RunState).steps['write']).toMatchObject({ status: 'done' })
  })

  test('a dry run asks nobody, in a loop as well, and plans what would be done', async () => {
    const made = plan(
      [
        {
          id: 'loop',
          type: 'steer.for-each',
          effect: 'each',
          outcomes: ['done', 'partial', 'empty'],
          input: { items: ['a', 'b'] },
        },
        {
          id: 'ask',
          type: 'steer.approve',
          effect: 'approve',
          parent: 'loop',
          outcomes: ['approved', 'rejected', 'expired'],
          input: { question: 'Switch?' },
          guards: ['write'],
        },
        { id: 'write', type: 'test.write', effect: 'write', parent: 'loop' },
      ],
      ['ask -approved-> write'],
    )
    const one = runOf(made, { mode: 'rehearsal', trigger: { kind: 'button', by: 'ana@example.com' } })
    const state = await engine.run(one)
    expect(state.status).toBe('succeeded')
    for (const round of ['#0', '#1']) {
      expect(state.steps[`ask${round}`]).toMatchObject({ result: { summary: 'Dry run: people would be asked here' } })
      expect(state.steps[`write${round}`]).toMatchObject({ status: 'done' })
    }
    expect(engine.approvals.filter(({ runId }) => runId === one.runId)).toEqual([])
    expect(trace.ran.filter((ran) => ran.startsWith(one.runId))).toEqual([])
  })
})
