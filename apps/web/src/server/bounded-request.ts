import { ApiError } from './errors.ts'

/** Of a page's request, in bytes. */
export const largestBody = 1024 * 1024

/** The same request of a page with its body at hand, counted while it was read. @throws ApiError `body-too-large`. */
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

function tooLarge(): ApiError {
  return new ApiError({
    status: 413,
    code: 'body-too-large',
    message: `The body is larger than ${largestBody / 1024} KiB.`,
    fix: 'Send less; nothing was done.',
  })
}
