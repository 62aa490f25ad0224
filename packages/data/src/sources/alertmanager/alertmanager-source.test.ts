import { describe, expect, it } from 'vitest'
import { answering, hostile, listening } from '../../../test/loopback-server.ts'
import { minute, seriesAsk, unshared, type AskOptions } from '../../../test/series-ask.ts'
import { alertmanagerKind } from './alertmanager-source.ts'

const open = (url: string) =>
  alertmanagerKind.open({ kind: 'alertmanager', url, secret: 'user:hidden' }, { fetch: unshared })
const askOf = (options: Partial<AskOptions> = {}) =>
  seriesAsk({ from: 'alerts', grid: [Date.now()], measure: { kind: 'gauge', select: '*' }, ...options })

const alert = (more: Record<string, unknown> = {}) => ({
  fingerprint: 'a1',
  labels: { alertname: 'Down' },
  annotations: {},
  startsAt: new Date(Date.now() - minute).toISOString(),
  endsAt: new Date(Date.now() + minute).toISOString(),
  updatedAt: new Date().toISOString(),
  generatorURL: '',
  receivers: [{ name: 'r' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [] },
  ...more,
})

describe('series', () => {
  it.each(hostile)('gives a clear error for $name', async ({ handler, error }) => {
    const url = await listening(handler)
    const asked = await open(url)
      .series(askOf())
      .catch((thrown: unknown) => thrown)
    expect(asked).toMatchObject({ code: error.code, message: expect.stringMatching(error.message) })
    expect(String(asked)).not.toContain('hidden')
  })

  it.each([
    [[alert({ labels: { alertname: 1 } })]],
    [[alert({ startsAt: 'yesterday' })]],
    [[alert({ status: { state: 'asleep', silencedBy: [], inhibitedBy: [] } })]],
    [{ alerts: [] }],
  ])('does not guess what %j means', async (body) => {
    const { url } = await answering(() => ({ body }))
    await expect(open(url).series(askOf())).rejects.toMatchObject({
      code: 'source-refused',
      message: `${url} does not answer as Alertmanager does.`,
    })
  })

  it('counts by a pattern', async () => {
    const { url } = await answering(() => ({
      body: [alert({ labels: { team: 'pay-1' } }), alert({ labels: { team: 'risk' } })],
    }))
    const ask = askOf({ measure: { kind: 'gauge', select: '*{team=~"pay-.*"}' } })
    expect((await open(url).series(ask)).values[0]!.samples[0]![1]).toBe(1)
  })

  it('does not count an alert that begins after the time asked for', async () => {
    const alerts = [alert(), alert({ startsAt: new Date(Date.now() + 30_000).toISOString() })]
    const { url } = await answering(() => ({ body: alerts }))
    expect((await open(url).series(askOf())).values[0]!.samples[0]![1]).toBe(1)
  })

  it('reads no more groups than an answer may have', async () => {
    const alerts = Array.from({ length: 2_001 }, (_, index) => alert({ labels: { id: String(index) } }))
    const { url } = await answering(() => ({ body: alerts }))
    const ask = askOf({ dimensions: { id: 'id' }, groupBy: ['id'] })
    await expect(open(url).series(ask)).rejects.toMatchObject({ code: 'query-too-large' })
  })

  it.each<[Partial<AskOptions>, string]>([
    [{ measure: { select: '*' } }, 'a counter needs what happened over time'],
    [{ measure: { kind: 'histogram', select: 'took', quantile: 0.5 } }, 'alerts have no number "took"'],
    [{ measure: { kind: 'ratio', of: '*', per: '*' } }, 'tells only what is now'],
    [{ measure: { kind: 'gauge', select: 'age' } }, 'alerts have no number "age"'],
    [{ measure: { kind: 'gauge', select: '*{severity=~"(a*)*"}' } }, 'the pattern of "severity" is not read'],
    [{ from: 'silences' }, 'an Alertmanager has no "silences"'],
  ])('refuses %j without asking', async (options, message) => {
    const { url, requests } = await answering(() => ({ body: [] }))
    await expect(open(url).series(askOf(options))).rejects.toMatchObject({
      code: 'bad-query',
      message: expect.stringContaining(message),
      fix: expect.any(String),
    })
    expect(requests).toEqual([])
  })
})

describe('test', () => {
  it('says that something else answers', async () => {
    const { url } = await answering(() => ({ status: 404, body: 'page not found' }))
    expect(await open(url).test()).toMatchObject({
      ok: false,
      message: expect.stringContaining('does not answer as Alertmanager'),
    })
  })
})
