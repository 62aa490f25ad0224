import { expect, test } from 'vitest'
import { meaningsOf, wordsOf } from './words.ts'

test.each([
  ['http_requests_total', ['http', 'request', 'total']],
  ['latencyP95', ['latency', 'p95']],
  ['Latency p95', ['latency', 'p95']],
  ['payment-db.utilisation', ['payment', 'db', 'utilisation']],
  ['Latencies of queries', ['latency', 'of', 'query']],
  ['status, process, bus', ['status', 'process', 'bus']],
  ['Zahlungen für München', ['zahlungen', 'fur', 'munchen']],
  ['支付 成功', ['支付', '成功']],
  ['a/b\\c"d', ['a', 'b', 'c', 'd']],
  ['', []],
])('%j is %j', (text, words) => expect(wordsOf(text)).toEqual(words))

test.each([
  ['response time', '~latency'],
  ['p95', '~latency'],
  ['shop_request_seconds_bucket', '~latency'],
  ['failures', '~error'],
  ['5xx', '~error'],
  ['connections in use', '~saturation'],
  ['load average', '~cpu'],
  ['RAM', '~memory'],
  ['requests per second', '~throughput'],
])('%j means %s', (text, meaning) => expect([...meaningsOf(wordsOf(text))]).toContain(meaning))

test('a word of no meaning has none', () => expect([...meaningsOf(wordsOf('zebra'))]).toEqual([]))
