import { ApiError } from '../errors.ts'

export const largestBody = 1024 * 1024

/** The body as bytes, counted while it is read. @throws ApiError `body-too-large`. */
export async function readBody(request: Request, most = largestBody): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  const chunks: Uint8Array[] = []
  let size = 0
  if (declared > most) throw tooLarge(most)
  if (request.body) {
    for await (const chunk of request.body) {
      size += chunk.length
      if (size > most) throw tooLarge(most)
      chunks.push(chunk)
    }
  }
  return Buffer.concat(chunks)
}

/** The body as JSON; undefined when it is empty. @throws ApiError `body-too-large`, `bad-json`. */
export async function readJson(request: Request): Promise<unknown> {
  const text = new TextDecoder().decode(await readBody(request))
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
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

function tooLarge(most: number): ApiError {
  return new ApiError({
    status: 413,
    code: 'body-too-large',
    message: `The body is larger than ${most / 1024} KiB.`,
    fix: 'Send less; nothing was done.',
  })
}
