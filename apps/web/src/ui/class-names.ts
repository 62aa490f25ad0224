/** Joins class names, leaving out what is false. @example classNames('p-2', open && 'bg-hover') */
export function classNames(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ')
}
