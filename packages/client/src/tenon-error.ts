/** One of several things that are wrong. */
export interface TenonProblem {
  message: string
  path: (string | number)[]
  code?: string
  fix?: string
}

/** What the server refused, or that it could not be reached (`status` 0, code `unreachable`). */
export class TenonError extends Error {
  override readonly name = 'TenonError'
  readonly status: number
  /** Stable, kebab-case: what programs decide by. */
  readonly code: string
  /** What to do next. */
  readonly fix: string
  readonly problems: readonly TenonProblem[]
  /** Facts to go on with, such as the newer draft of a conflict. */
  readonly data: unknown
  /** For the server's log. */
  readonly requestId: string | undefined

  constructor(
    message: string,
    details: {
      status: number
      code: string
      fix: string
      problems?: readonly TenonProblem[]
      data?: unknown
      requestId?: string
      cause?: unknown
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = details.status
    this.code = details.code
    this.fix = details.fix
    this.problems = details.problems ?? []
    this.data = details.data
    this.requestId = details.requestId
  }
}

/** An answer that is no success, as an error. @param text its body. */
export function errorOf(status: number, text: string): TenonError {
  const problem = objectIn(text)
  const code = textOf(problem['code'])
  if (code === undefined) {
    return new TenonError(`The server answered with ${status}.`, {
      status,
      code: 'not-tenon',
      fix: 'Check that the address is Tenon’s.',
    })
  }
  return new TenonError(textOf(problem['detail']) ?? code, {
    status,
    code,
    fix: textOf(problem['fix']) ?? '',
    problems: problemsOf(problem['problems']),
    data: problem['data'],
    ...(typeof problem['instance'] === 'string' ? { requestId: problem['instance'] } : {}),
  })
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    // A proxy's page, perhaps: told as an answer that is not Tenon's.
    return {}
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function problemsOf(value: unknown): TenonProblem[] {
  if (!Array.isArray(value)) return []
  return value.filter(isObject).map((item) => {
    const [code, fix] = [textOf(item['code']), textOf(item['fix'])]
    return {
      message: textOf(item['message']) ?? '',
      path: Array.isArray(item['path'])
        ? item['path'].filter((part) => typeof part === 'string' || typeof part === 'number')
        : [],
      ...(code === undefined ? {} : { code }),
      ...(fix === undefined ? {} : { fix }),
    }
  })
}
