import type { Role } from '../ui/session.ts'

export const roleOptions: { value: Role; label: string; note: string }[] = [
  { value: 'viewer', label: 'Viewer', note: 'reads everything' },
  { value: 'operator', label: 'Operator', note: 'runs, approves, reverts' },
  { value: 'editor', label: 'Editor', note: 'edits and publishes runbooks' },
  { value: 'admin', label: 'Admin', note: 'people, tokens, connections' },
]
