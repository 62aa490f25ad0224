/** The suite of every driver, on the reference of the gateway contract served with faults. */
import { describeDriver } from '../../test/conformance.ts'
import { startGateway, twoZones, type GatewayFault } from '../../test/gateway.ts'
import type { Intent } from '../driver.ts'
import { createHttpEdgeDriver } from './http-edge.ts'

const zoneOf = (host: string): string => (host.includes('-a-') ? 'A' : 'B')
const faults = {
  'lost-answer': { kind: 'drop-reply' },
  slow: { kind: 'hang-done' },
  'half-apply': { kind: 'half-apply' },
  lie: { kind: 'lie' },
} as const satisfies Record<string, GatewayFault>

const weights = (target: string, of: Record<string, number>): Intent => ({ kind: 'set-weights', target, weights: of })
const values = (target: string, of: Extract<Intent, { kind: 'set-values' }>['values']): Intent => ({
  kind: 'set-values',
  target,
  values: of,
})

describeDriver('http-edge', async () => {
  const gateway = await startGateway({ token: 'secret' })
  const of = { zoneOf, token: 'secret', timeoutMs: 1500 }
  return {
    driver: createHttpEdgeDriver({ address: gateway.address, ...of }),
    away: createHttpEdgeDriver({ address: 'http://127.0.0.1:1', ...of }),
    target: 'payment',
    change: weights('payment', { 'pay-a-1': 0, 'pay-a-2': 0 }),
    back: weights('payment', { 'pay-a-1': 100, 'pay-a-2': 100 }),
    unknownTarget: 'nobody',
    refused: [
      weights('../x', { a: 0 }),
      weights('payment', { 'a/b': 0 }),
      weights('payment', { 'pay-a-1': -1 }),
      values('payment', { limit: 0 }),
      values('payment', { replicas: 2 }),
      { kind: 'set-silence', target: 'payment', until: null, matchers: [], comment: '' },
    ],
    writes: () => gateway.truth.filter(({ method }) => method !== 'GET').length,
    fail: (fault) => gateway.fail(faults[fault]),
    touch: async () => gateway.touch('/backends/payment/weights', { weights: { 'pay-a-1': 7 } }),
    compares: true,
    vanish: async () => gateway.restart({ ...twoZones(), backends: [] }),
    close: () => gateway.close(),
  }
})
