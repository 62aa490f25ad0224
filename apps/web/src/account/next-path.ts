/** Where to go after signing in: a path of ours, never another site. */
export function nextPath(wanted: string | null): string {
  if (!wanted || !wanted.startsWith('/') || wanted.startsWith('//') || wanted.startsWith('/\\')) return '/'
  return wanted
}
