/** How texts of the model and of a search become words, and which words of the field mean the same. */

/**
 * Lower-case words without accents and plurals: `latencyP95`, `latency-p95` and "Latency p95" are one.
 *
 * @example wordsOf('http_requests_total') // ['http', 'request', 'total']
 */
export function wordsOf(text: string): string[] {
  const found = text
    .slice(0, longestText)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\d]+/gu)
  return found === null ? [] : found.map((word) => singular(word.slice(0, longestWord)))
}

/** A description may be long; what comes after is not searched. */
const longestText = 2_000
const longestWord = 40

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is)$/.test(word)) return word
  return word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.slice(0, -1)
}

/** Each is found by any of its words or pairs of words. The first is how it is indexed. */
const meanings: readonly (readonly string[])[] = [
  [
    'latency',
    'duration',
    'response time',
    'elapsed',
    'delay',
    'slow',
    'slowness',
    'rt',
    'p50',
    'p90',
    'p95',
    'p99',
    'percentile',
    'second bucket',
  ],
  [
    'error',
    'failure',
    'failed',
    'fail',
    'failing',
    'exception',
    'fault',
    '5xx',
    'timeout',
    'time out',
    'rejected',
    'unsuccessful',
  ],
  ['success', 'succeeded', 'successful', 'ok', 'availability', 'completed'],
  [
    'throughput',
    'qps',
    'rps',
    'tps',
    'traffic',
    'volume',
    'request',
    'call',
    'attempt',
    'query',
    'hit',
    'per second',
    'rate per',
  ],
  [
    'saturation',
    'utilisation',
    'utilization',
    'usage',
    'used',
    'busy',
    'pressure',
    'full',
    'headroom',
    'in use',
    'capacity',
  ],
  ['cpu', 'processor', 'core', 'load1', 'load5', 'load average'],
  ['memory', 'mem', 'ram', 'heap', 'rss', 'oom'],
  ['disk', 'storage', 'filesystem', 'fs', 'iops', 'block device'],
  ['network', 'net', 'bandwidth', 'nic', 'packet', 'receive', 'transmit'],
  ['connection', 'conn', 'session', 'pool', 'socket', 'backend'],
  ['queue', 'backlog', 'pending', 'waiting', 'lag', 'depth'],
  ['restart', 'crash', 'crashloop', 'reboot', 'uptime'],
  ['order', 'purchase', 'checkout', 'basket'],
  ['database', 'db', 'postgres', 'postgresql', 'mysql', 'sql'],
  ['host', 'node', 'machine', 'instance', 'server'],
  ['zone', 'az', 'datacenter', 'dc', 'cell'],
]

const meaningOf = new Map(
  meanings.flatMap((words) => words.map((word) => [wordsOf(word).join(' '), `~${words[0]}`] as const)),
)

/** The meanings of a row of words, each `~name`, which no word is. */
export function meaningsOf(words: readonly string[]): Set<string> {
  const found = new Set<string>()
  for (const [at, word] of words.entries()) {
    for (const meaning of [meaningOf.get(word), meaningOf.get(`${word} ${words[at + 1]}`)])
      if (meaning !== undefined) found.add(meaning)
  }
  return found
}

/** Words that a question has and no measure is told by. */
const small = new Set([
  'a',
  'an',
  'the',
  'of',
  'in',
  'on',
  'at',
  'for',
  'by',
  'and',
  'or',
  'to',
  'is',
  'what',
  'show',
  'me',
  'with',
])
export const isSmall = (word: string): boolean => small.has(word)
