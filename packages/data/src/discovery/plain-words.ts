/** Names as people read and write them: ids of the model, and titles. */

const idPattern = /^[A-Za-z][A-Za-z0-9-]*$/

/** The text as an id: `10.0.0.1:9100` of a host is `host-10-0-0-1-9100`. */
export function idOf(text: string, prefix: string): string {
  if (idPattern.test(text)) return text
  const plain = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (plain === '') return prefix
  return /^[A-Za-z]/.test(plain) ? plain : `${prefix}-${plain}`
}

/** Words joined to an id: `connections`, `max` is `connections-max`. */
export const idOfWords = (words: readonly string[], prefix: string): string => idOf(words.join('-'), prefix)

const spelled: Record<string, string> = {
  api: 'API',
  cpu: 'CPU',
  db: 'database',
  dns: 'DNS',
  gc: 'GC',
  grpc: 'gRPC',
  http: 'HTTP',
  id: 'ID',
  io: 'I/O',
  ip: 'IP',
  jvm: 'JVM',
  mem: 'memory',
  oom: 'OOM',
  rpc: 'RPC',
  sql: 'SQL',
  tcp: 'TCP',
  tls: 'TLS',
  udp: 'UDP',
  url: 'URL',
  vm: 'VM',
  avail: 'available',
}

/** As the last word; elsewhere a part of a name. */
const limits: Record<string, string> = { max: 'at most', min: 'at least' }

/** "Mean wait" and "wait", but "CPU" as it is. */
export const withSmallInitial = (text: string): string =>
  text.replace(/^[A-Z](?=[a-z]|$)/, (letter) => letter.toLowerCase())

/** `trade-create` is "Trade create", `connections_max` is "Connections at most". */
export function titleOf(text: string): string {
  return titleOfWords(text.split(/[^A-Za-z0-9.]+/).filter((word) => word !== ''))
}

export function titleOfWords(words: readonly string[]): string {
  const said = words.map((word, index) => {
    const small = word.toLowerCase()
    if (index > 0 && index === words.length - 1 && Object.hasOwn(limits, small)) return limits[small] ?? word
    return Object.hasOwn(spelled, small) ? (spelled[small] ?? word) : word
  })
  const text = said.filter((word, index) => word !== said[index - 1]).join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
