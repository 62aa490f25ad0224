import { describe, expect, it } from 'vitest'
import { askOf, type ComputeForm, emptyForm, formProblem } from './compute-form.ts'

const span = { from: 1_000, to: 61_000 }
const form = (part: Partial<ComputeForm>): ComputeForm => ({ ...emptyForm, ref: 'gateway-log', ...part })

describe('the question of the form', () => {
  it('says only what was said', () => {
    expect(askOf(form({}), span)).toEqual({ from: 'gateway-log', range: span, aggregates: [{ fn: 'count' }] })
  })
  it('holds all of it', () => {
    const ask = askOf(
      form({
        place: 'connection',
        connection: 'shop-logs',
        from: 'gateway/*.log',
        parse: '<time> <level> <method> <path>',
        entity: 'payment',
        entityIds: 'pay-a-1, pay-a-2',
        groupBy: 'method path',
        aggregates: [{ key: 1, fn: 'quantile', field: 'took', quantile: '95' }],
        step: '60',
        topBy: 'count',
        topCount: '10',
      }),
      span,
    )
    expect(ask).toEqual({
      from: { source: 'shop-logs', from: 'gateway/*.log' },
      range: span,
      parse: '<time> <level> <method> <path>',
      entities: { kind: 'host', of: 'payment', ids: ['pay-a-1', 'pay-a-2'] },
      groupBy: ['method', 'path'],
      aggregates: [{ fn: 'quantile', field: 'took', quantile: 0.95 }],
      stepSeconds: 60,
      top: { by: 'count', count: 10 },
    })
  })
  it('reads figures as figures and keeps all else as text', () => {
    const filters = [
      { key: 1, field: 'status', op: '>=' as const, value: '500' },
      { key: 2, field: 'code', op: '=' as const, value: '007' },
      { key: 3, field: 'method', op: 'in' as const, value: 'GET, POST' },
      { key: 4, field: 'path', op: 'matches' as const, value: '^/pay' },
      { key: 5, field: 'trace', op: 'exists' as const, value: 'ignored' },
    ]
    expect(askOf(form({ filters }), span).where).toEqual([
      { field: 'status', op: '>=', value: 500 },
      { field: 'code', op: '=', value: '007' },
      { field: 'method', op: 'in', value: ['GET', 'POST'] },
      { field: 'path', op: 'matches', value: '^/pay' },
      { field: 'trace', op: 'exists' },
    ])
  })
})

describe('what is missing', () => {
  it.each([
    [{ ref: '' }, /measure or a table/],
    [{ place: 'connection' as const, connection: 'logs' }, /what is read there/],
    [{ filters: [{ key: 1, field: 'a', op: '=' as const, value: '' }] }, /lacks its field or value/],
    [{ aggregates: [{ key: 1, fn: 'sum' as const, field: '', quantile: '' }] }, /Say of which field the sum/],
    [{ aggregates: [{ key: 1, fn: 'quantile' as const, field: 'took', quantile: '500' }] }, /1 to 100/],
    [{ topCount: '0' }, /whole number/],
  ])('is named: %j', (part, message) => {
    expect(formProblem(form(part))).toMatch(message)
  })
  it('is nothing of a simple count', () => {
    expect(formProblem(form({}))).toBeNull()
    expect(formProblem(form({ filters: [{ key: 1, field: 'a', op: 'exists', value: '' }] }))).toBeNull()
  })
})
