/** Node types whose code is in the export, because it is pure: the function of nodes/nodes.ts that does the same. */
const functions: Readonly<Record<string, string>> = {
  'steer.branch@1': 'branch',
  'steer.switch@1': 'switchCase',
  'steer.set-values@1': 'setValues',
  'judge.conclude@1': 'conclude',
}

/** Null for a type whose code the user brings. */
export function computeFunction(type: string, version: number): string | null {
  const key = `${type}@${version}`
  return Object.hasOwn(functions, key) ? functions[key]! : null
}
