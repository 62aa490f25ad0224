import { claimRules, defaultActionPolicy, type NewLedgerAction } from '@tenon/actions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportLedger } from '../export-ledger.ts'
import { openServer, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld

beforeAll(async () => {
  world = await openServer()
})
afterAll(() => world?.close())

/** An action in the ledger, as far as its status. */
async function action(
  key: string,
  more: Partial<NewLedgerAction> = {},
  status: 'planned' | 'done' | 'unknown' = 'done',
): Promise<string> {
  const target = more.target ?? `edge/${key}`
  const intent = { kind: 'set-values', target, values: { limit: 50 } } as const
  const revert = { ...intent, values: { limit: null } }
  const before = { target, version: 'v1', instance: null, servers: [], values: { limit: null }, notes: {} }
  const shown = { stepId: 'limit', title: `Limit ${key}`, target, diff: [], facts: [], guards: [], leaseSeconds: 60 }
  const wanted: NewLedgerAction = {
    key,
    runId: null,
    stepId: null,
    runbook: 'drop',
    target,
    driver: 'http-edge',
    title: shown.title,
    kind: 'rate-limit',
    planHash: 'sha256:p',
    approvedHash: null,
    approvedBy: null,
    requestedBy: 'ana@example.com',
    request: {
      kind: 'rate-limit',
      entity: 'payment',
      requestsPerSecond: 50,
      leaseSeconds: 60,
      harm: [{ measure: 'payment.success-rate', where: {}, minimum: 0.98, maximum: null }],
    },
    intent,
    revert,
    before,
    plan: { ...shown, hash: 'sha256:p', intent, waves: [intent], revert, before, asOf: null },
    ...more,
  }
  const { actions } = world.db
  const said = (kind: 'plan' | 'intent' | 'lease' | 'unknown') => ({ kind, actor: 'system', detail: {} })
  const { action: made } = await actions.claim(wanted, said('plan'), claimRules(wanted, defaultActionPolicy))
  if (status === 'planned') return made.id
  await actions.advance(made.id, { from: ['planned'], to: 'intended', leaseSeconds: 60, event: said('intent') })
  const event = said(status === 'done' ? 'lease' : 'unknown')
  await actions.advance(made.id, { from: ['intended'], to: status, event })
  return made.id
}

const problemOf = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: { cause?: { problem?: unknown } }) => error.cause?.problem,
  )

describe('the ledger', () => {
  test('is narrowed, paged and counted', async () => {
    const viewer = await world.as('viewer')
    const ids = [
      await action('page-1', { runbook: 'pages' }),
      await action('page-2', { runbook: 'pages' }),
    ].toReversed()
    const [first] = await viewer.actions.ledger({ runbook: 'pages', limit: 1 })
    expect(first).toMatchObject({ id: ids[0], revertible: true, requestedBy: 'ana@example.com' })
    const cursor = { createdAt: first!.createdAt, id: first!.id }
    expect(await viewer.actions.ledger({ runbook: 'pages', cursor, limit: 5 })).toMatchObject([{ id: ids[1] }])
    expect(await viewer.actions.count({ runbook: 'pages' })).toEqual({ count: 2, more: false })
    expect(await viewer.actions.count({ runbook: 'pages', status: 'kept' })).toEqual({ count: 0, more: false })
    expect((await viewer.actions.choices()).people).toContain('ana@example.com')
    expect((await viewer.actions.choices()).targets).toContain('edge/page-1')
    expect((await viewer.actions.inEffect()).map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
  })

  test('says which time is wrong', async () => {
    const viewer = await world.as('viewer')
    const [from, to] = ['2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z']
    expect(await problemOf(viewer.actions.ledger({ from, to }))).toMatchObject({
      code: 'bad-input',
      message: `from (${from}) is not before to (${to}).`,
    })
    expect(await problemOf(viewer.actions.ledger({ from: 'yesterday' }))).toMatchObject({ code: 'bad-input' })
  })
})

describe('a file of the ledger', () => {
  const text = async (options: Parameters<typeof exportLedger>[1]): Promise<string> => {
    let all = ''
    for await (const part of exportLedger(world.services, options)) all += part
    return all
  }

  test('CSV has a row each, newest first, and a formula is text', async () => {
    await action('csv-1', { runbook: 'csv', title: '=HYPERLINK("http://x"), "now"' }, 'planned')
    await action('csv-2', { runbook: 'csv' })
    const lines = (await text({ format: 'csv', filter: { runbook: 'csv' } })).split('\r\n')
    expect(lines[0]).toMatch(/^planned at,status,kind,title,target,/)
    expect(lines[1]).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z,done,rate-limit,Limit csv-2,edge\/csv-2,http-edge,csv,,,ana@example\.com,,/,
    )
    expect(lines[2]).toContain(`,planned,rate-limit,"'=HYPERLINK(""http://x""), ""now""",`)
    expect(lines.slice(3)).toEqual([''])
  })

  test('JSON has each whole', async () => {
    await action('json-1', { runbook: 'json' })
    await action('json-2', { runbook: 'json' })
    expect(JSON.parse(await text({ format: 'json', filter: { runbook: 'json' } }))).toMatchObject({
      actions: [
        { title: 'Limit json-2', plan: { hash: 'sha256:p' }, events: [{ kind: 'plan' }, { kind: 'intent' }, {}] },
        { title: 'Limit json-1', harm: [{ measure: 'payment.success-rate', minimum: 0.98 }] },
      ],
      note: null,
    })
    expect(JSON.parse(await text({ format: 'json', filter: { runbook: 'none' } }))).toEqual({ actions: [], note: null })
  })

  test('one that is too long ends with a note, and one that just fits has none', async () => {
    for (const n of [1, 2, 3]) await action(`cut-${n}`, { runbook: 'cut' }, 'planned')
    const filter = { runbook: 'cut' }
    const lines = (await text({ format: 'csv', filter, most: 2 })).trimEnd().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines[3]).toMatch(/^"Cut: only the newest 2 actions are here\..*",,/)
    expect(await text({ format: 'csv', filter, most: 3 })).not.toContain('Cut:')
    const cut = JSON.parse(await text({ format: 'json', filter, most: 2 })) as { actions: unknown[]; note: string }
    expect(cut.actions).toHaveLength(2)
    expect(cut.note).toMatch(/^Cut:/)
  })
})

describe('what people do with an action', () => {
  test('it is kept with a reason, on record, and nothing puts it back any more', async () => {
    const operator = await world.as('operator')
    const id = await action('keep')
    expect(await problemOf(operator.actions.keep({ id, reason: ' ' }))).toMatchObject({ code: 'bad-input' })
    const kept = await operator.actions.keep({ id, reason: 'The zone moves out.' })
    expect(kept).toMatchObject({ status: 'kept', endedAt: expect.any(String) as unknown })
    expect(kept.events.at(-1)).toMatchObject({
      kind: 'keep',
      actor: expect.stringContaining('operator') as unknown,
      detail: { why: 'The zone moves out.' },
    })
    const [audit] = await world.db.audit.list(1)
    expect(audit).toMatchObject({ action: 'actions.keep', detail: { reason: 'The zone moves out.' } })
    expect(await problemOf(operator.actions.keep({ id, reason: 'again' }))).toMatchObject({
      code: 'ledger-conflict',
      message: '"Limit keep" is kept.',
    })
    expect(await problemOf(operator.actions.renew({ id, minutes: 5 }))).toMatchObject({ code: 'ledger-conflict' })
  })

  test('only an unknown one is settled, by its target', async () => {
    const operator = await world.as('operator')
    const unknown = await action('settle', {}, 'unknown')
    const verdict = { inEffect: false, reason: 'I put it back by hand.' }
    await operator.actions.settle({ id: unknown, verdict })
    expect(world.engine.settled).toMatchObject([{ actionId: unknown, verdict }])
    const [audit] = await world.db.audit.list(1)
    expect(audit).toMatchObject({ action: 'actions.settle', detail: verdict })
    const known = await action('known')
    expect(await problemOf(operator.actions.settle({ id: known, verdict: null }))).toMatchObject({
      code: 'ledger-conflict',
    })
  })

  test('what cannot be put back is neither reverted nor renewed', async () => {
    const operator = await world.as('operator')
    const id = await action('restart', { revert: null })
    for (const call of [operator.actions.revert({ id }), operator.actions.renew({ id, minutes: 5 })])
      expect(await problemOf(call)).toMatchObject({
        message: '"Limit restart" cannot be put back, so it has no lease.',
      })
  })
})
