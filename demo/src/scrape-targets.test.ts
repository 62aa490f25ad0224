import { expect, test } from 'vitest'
import { scrapeTargets } from './scrape-targets.ts'

const servers = { hosts: [{ id: 'pay-a-1', port: 5001 }], sourcePort: 5002, databasePort: 5003, edgeMetrics: null }

test('targets carry the labels of the backfilled series', () => {
  expect(scrapeTargets(servers)).toEqual([
    { targets: ['127.0.0.1:5001'], labels: { job: 'shop', instance: 'pay-a-1' } },
    { targets: ['127.0.0.1:5002'], labels: { job: 'shop', instance: 'marketplace' } },
    { targets: ['127.0.0.1:5003'], labels: { job: 'shop', instance: 'payment-db' } },
  ])
})

test('an edge with metrics is scraped at its path', () => {
  const edgeMetrics = { port: 5004, path: '/metrics', params: { scope: 'backend' } }
  expect(scrapeTargets({ ...servers, edgeMetrics }).at(-1)).toEqual({
    targets: ['127.0.0.1:5004'],
    labels: { job: 'shop', instance: 'edge', __metrics_path__: '/metrics', __param_scope: 'backend' },
  })
})
