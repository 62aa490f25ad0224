import { runCli } from '../src/run-cli.ts'

interface Answer {
  status?: number
  body: unknown
}

/** Runs the program with a server that answers as told, by path. */
export async function tenon(
  words: string[],
  { answers = {}, isTerminal = false }: { answers?: Record<string, Answer>; isTerminal?: boolean } = {},
) {
  let out = ''
  let err = ''
  const calls: { path: string; method: string; body: unknown; token: string | null }[] = []
  const code = await runCli(words, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env: { TENON_URL: 'http://tenon.test', TENON_TOKEN: 'secret' },
    isTerminal,
    input: null,
    async fetch(input, init) {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input)
      const path = `${pathname}${search}`
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
      const token = new Headers(init?.headers).get('authorization')
      calls.push({ path, method: init?.method ?? 'GET', body, token })
      const answer = answers[path]
      if (!answer) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
      return Response.json(answer.body, { status: answer.status ?? 200 })
    },
  })
  return { code, out, err, calls }
}
