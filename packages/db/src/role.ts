import * as z from 'zod'

/** Each may what those before it may. */
export const role = z.enum(['viewer', 'operator', 'editor', 'admin'])
export type Role = z.infer<typeof role>

const rank: Record<Role, number> = { viewer: 0, operator: 1, editor: 2, admin: 3 }

/** Whether `have` includes `need`. */
export function roleIncludes(have: Role, need: Role): boolean {
  return rank[have] >= rank[need]
}
