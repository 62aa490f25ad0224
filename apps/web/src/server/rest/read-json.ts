import { ApiError } from '../errors.ts'

export const largestBody = 1024 * 1024

/** The same request with its body at hand, counted while it was read. @throws ApiError `body-too-large`. */
export async function bounded(request: Request): Promise<Request> {
  const { url, method, headers } = request
  if (method === 'GET' || method === 'HEAD') return request
  return new Request(url, { method, headers, body: await readBody(request) })
}

/** @throws ApiError `body-too-large`. */
async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  const chunks: Uint8Array[] = []
  let size = 0
  if (declared > largestBody) throw tooLarge()
  if (request.body) {
    for await (const chunk of request.body) {
      size += chunk.length
      if (size > largestBody) throw tooLarge()
      chunks.push(chunk)
    }
  }
  return Buffer.concat(chunks)
}

/** The body as JSON; undefined when it is empty. @throws ApiError `body-too-large`, `bad-json`. */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBody(request)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.trim() === '' ? undefined : JSON.parse(text)
  } catch (cause) {
    throw new ApiError(
      {
        status: 400,
        code: 'bad-json',
        message: `The body is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
        fix: 'Send a JSON object with "Content-Type: application/json".',
      },
      { cause },
    )
  }
}

function tooLarge(): ApiError {
  return new ApiError({
    status: 413,
    code: 'body-too-large',
    message: `The body is larger than ${largestBody / 1024} KiB.`,
    fix: 'Send less; nothing was done.',
  })
}
