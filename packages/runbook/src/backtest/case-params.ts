/** A case's parameters and what its trigger brought, kept in one object: no parameter can be called `$payload`. */
const payloadKey = '$payload'

export function packCase(params: Record<string, unknown>, payload: unknown): Record<string, unknown> {
  return payload === undefined || payload === null ? params : { ...params, [payloadKey]: payload }
}

export function unpackCase(packed: Record<string, unknown>): { params: Record<string, unknown>; payload: unknown } {
  const { [payloadKey]: payload, ...params } = packed
  return { params, payload }
}
