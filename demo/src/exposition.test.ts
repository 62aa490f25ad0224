import { expect, test } from 'vitest'
import { exposition } from './exposition.ts'
import { countCalls, emptyCounters, hostSeries, hostValues } from './host-counters.ts'
import { addFixed } from './latency.ts'
import { HOSTS } from './world.ts'

test('a host that served one request', () => {
  const counters = emptyCounters('gateway')
  counters.outcomes.ok = 1
  addFixed(counters.latency, 1, 0.09)
  const text = exposition(hostSeries(HOSTS[0]!, 'v1'), hostValues(counters))
  expect(text).toContain('# TYPE shop_requests_total counter\n')
  expect(text).toContain('# TYPE shop_request_seconds histogram\n')
  expect(text).toContain('shop_requests_total{service="gateway",zone="A",host="gw-a-1",version="v1",outcome="ok"} 1\n')
  countCalls(counters, 'gateway', 'payment')
  expect(exposition(hostSeries(HOSTS[0]!, 'v1'), hostValues(counters))).toContain(
    'traces_service_graph_request_total{client="gateway",server="payment"} 1\n',
  )
  expect(text).toContain('le="0.05"} 0\n')
  expect(text).toContain('le="0.1"} 1\n')
  expect(text).toContain('le="+Inf"} 1\n')
})

test('label values are escaped', () => {
  expect(exposition([{ name: 'a', labels: { b: 'x"\\\n' } }], [1])).toBe('# TYPE a gauge\na{b="x\\"\\\\\\n"} 1\n')
})
