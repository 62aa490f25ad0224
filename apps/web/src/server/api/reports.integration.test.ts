import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openServer, publishRunbook, publicUrl, type ServerWorld } from '../test/server-world.ts'

let world: ServerWorld
let runId: string

beforeAll(async () => {
  world = await openServer()
  await publishRunbook(world, { name: 'drop' })
  const operator = await world.as('operator')
  runId = (await operator.runs.start({ name: 'drop', params: { chain: 'card | payment' } })).runId
  await project('Payments fell.')
})
afterAll(() => world?.close())

async function project(summary: string, revision = 1): Promise<void> {
  const at = Date.UTC(2026, 10, 21) + revision * 60_000
  const verdict = {
    value: 'abnormal' as const,
    confidence: 0.9,
    reasons: [summary],
    quality: { completeness: 1, freshnessSeconds: 5, notes: [] },
  }
  const report = {
    verdict,
    conclusion: summary,
    why: 'Because.',
    since: null,
    cause: null,
    hypotheses: [],
    scope: [],
    evidenceSteps: [],
    unchecked: ['The database was not asked.'],
  }
  await world.db.runs.project({
    runId,
    revision,
    status: 'succeeded',
    startedAt: at,
    endedAt: at + 1_000,
    error: null,
    approvals: [],
    steps: [
      {
        stepId: 'conclude',
        type: 'judge.conclude',
        title: 'Conclude',
        state: {
          status: 'done',
          attempt: 1,
          startedAt: at,
          endedAt: at + 1_000,
          input: {},
          result: { outcome: 'abnormal', output: report, summary, verdict, report },
        },
      },
    ],
  })
}

describe('a frozen report', () => {
  test('stays as it was while its run, its runbook and its database rows go on', async () => {
    const operator = await world.as('operator')
    const viewer = await world.as('viewer')
    const { id, link } = await operator.reports.freeze({ runId, expiresInDays: 7 })
    expect(link).toBe(`${publicUrl}/reports/${id}`)
    const before = await viewer.reports.get({ id })
    expect(before.title).toBe('Payments fell.')
    await project('Nothing fell.', 2)
    expect((await viewer.runs.get({ id: runId })).report?.conclusion).toBe('Nothing fell.')
    await (await world.as('admin')).runbooks.delete({ name: 'drop' })
    const after = await viewer.reports.get({ id })
    expect(after).toEqual(before)
    expect(JSON.stringify(after.content)).not.toContain('Nothing fell.')
    expect(await viewer.reports.ofRun({ runId })).toMatchObject([{ id, link }])
    const file = await viewer.reports.file({ of: { frozenId: id }, format: 'markdown' })
    const text = Buffer.from(file.base64, 'base64').toString()
    expect(file.name).toMatch(/^drop-[0-9a-f]{8}\.md$/)
    expect(text).toContain('# Payments fell.')
    expect(text).toContain('card \\| payment')
    expect(text).toContain('The database was not asked.')
    const pdf = await viewer.reports.file({ of: { frozenId: id }, format: 'pdf' })
    expect(Buffer.from(pdf.base64, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
  })

  test('is for who is signed in; made by operators; deleted by its maker or an admin', async () => {
    const operator = await world.as('operator')
    const other = await world.as('operator')
    const viewer = await world.as('viewer')
    await publishRunbook(world, { name: 'again' })
    const run = await operator.runs.start({ name: 'again' })
    await expect(viewer.reports.freeze({ runId: run.runId })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const { id } = await operator.reports.freeze({ runId: run.runId })
    await expect(other.reports.delete({ id })).rejects.toThrow(/only they and admins/)
    await operator.reports.delete({ id })
    await expect(viewer.reports.get({ id })).rejects.toThrow('There is no such frozen report.')
    await expect(operator.reports.freeze({ runId: 'none' })).rejects.toThrow('There is no run none.')
  })
})
