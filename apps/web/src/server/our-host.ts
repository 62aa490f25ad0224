/**
 * Whether a request's Host is a name of this server. Any other is a page elsewhere whose name was pointed at us (DNS rebinding); a browser would let it
 * read our answers as its own.
 */
export function isOurHost(host: string, env: Record<string, string | undefined>): boolean {
  if (/^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host)) return true
  const publicUrl = env['TENON_PUBLIC_URL']
  return publicUrl !== undefined && URL.canParse(publicUrl) && new URL(publicUrl).host === host.toLowerCase()
}
