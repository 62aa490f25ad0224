/** Sign-in on a real database: one-time links, passwords, and what a disabled user may still do (nothing). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServer, publicUrl, type ServerWorld } from './test/server-world.ts'

let world: ServerWorld
const password = 'correct horse battery'
const nobody = new Headers({ origin: publicUrl })

beforeAll(async () => {
  world = await openServer()
})
afterAll(() => world.close())

const cookieOf = (cookies: string[]): Headers =>
  new Headers({ cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') })

function signIn(email: string, secret: string): Promise<Response> {
  return world.services.auth.handler(
    new Request(`${publicUrl}/api/auth/sign-in/email`, {
      method: 'POST',
      // Each from an address of its own: here the limit of an account is meant, not that of a caller.
      headers: { 'content-type': 'application/json', origin: publicUrl, 'x-forwarded-for': nextAddress() },
      body: JSON.stringify({ email, password: secret }),
    }),
  )
}

let callers = 0
function nextAddress(): string {
  callers += 1
  return `198.51.100.${callers}`
}

async function invited(email: string): Promise<Headers> {
  const { token } = await world.db.invitations.invite({ email, role: 'operator', invitedBy: 'admin' })
  const { cookies } = await world.services.auth.claimLink({ token, name: 'Ada', password }, nobody)
  return cookieOf(cookies)
}

test('the start link makes the first admin, once, also for two at the same time', async () => {
  const { token } = await world.db.invitations.createStartLink()
  const claims = await Promise.allSettled([
    world.services.auth.claimLink({ token }, nobody),
    world.services.auth.claimLink({ token }, nobody),
  ])
  const [won, ...more] = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []))
  if (!won) throw new Error('Neither claim won.')
  expect(more).toEqual([])
  expect(await world.db.users.list()).toMatchObject([{ role: 'admin', id: won.user.id }])
  expect(await world.services.auth.actorOf(cookieOf(won.cookies))).toMatchObject({ role: 'admin' })
  for (const cookie of won.cookies) expect(cookie).toMatch(/HttpOnly; SameSite=Lax/i)
  await expect(world.services.auth.claimLink({ token }, nobody)).rejects.toMatchObject({ code: 'link-invalid' })
})

test('a password that is refused gives the invitation back and leaves no user behind', async () => {
  const email = 'short@example.com'
  const { token } = await world.db.invitations.invite({ email, role: 'viewer', invitedBy: 'admin' })
  for (const given of [
    { token, name: 'Bo', password: 'short' },
    { token, name: 'Bo' },
  ]) {
    await expect(world.services.auth.claimLink(given, nobody)).rejects.toMatchObject({ problem: { status: 400 } })
  }
  expect((await world.db.users.list()).some((user) => user.email === email)).toBe(false)
  await world.services.auth.claimLink({ token, name: 'Bo', password }, nobody)
  expect((await signIn(email, password)).status).toBe(200)
})

test('the wrong password is refused as that of an unknown user is', async () => {
  await invited('wrong@example.com')
  const [wrong, unknown] = [
    await signIn('wrong@example.com', 'x'.repeat(12)),
    await signIn('who@example.com', password),
  ]
  expect([wrong.status, unknown.status]).toEqual([401, 401])
  expect(await wrong.json()).toEqual(await unknown.json())
})

test('a disabled user loses the session and gets none with the right password', async () => {
  const email = 'gone@example.com'
  const session = await invited(email)
  const actor = await world.services.auth.actorOf(session)
  if (!actor) throw new Error('The invitation did not sign in.')
  await world.db.users.setDisabled(actor.id, true)
  expect(await world.services.auth.actorOf(session)).toBeNull()
  const refused = await signIn(email, password)
  expect(refused.status).toBe(403)
  expect(refused.headers.getSetCookie().filter((cookie) => /session_token=[^;]/.test(cookie))).toEqual([])
  await world.db.users.setDisabled(actor.id, false)
  expect((await signIn(email, password)).status).toBe(200)
})

test('a new password needs the current one and ends every other session', async () => {
  const email = 'change@example.com'
  const own = await invited(email)
  const other = cookieOf((await signIn(email, password)).headers.getSetCookie())
  const actor = await world.services.auth.actorOf(own)
  expect(await world.services.auth.actorOf(other)).toEqual(actor)
  const change = { password: 'another long password', current: 'not the current one' }
  const set = (current: string) => world.services.auth.setPassword(actor?.id ?? '', { ...change, current }, own)
  await expect(set('not the current one')).rejects.toMatchObject({ problem: { code: 'wrong-password' } })
  expect(await world.services.auth.actorOf(other)).toEqual(actor)
  await set(password)
  expect(await world.services.auth.actorOf(own)).toEqual(actor)
  expect(await world.services.auth.actorOf(other)).toBeNull()
  expect((await signIn(email, password)).status).toBe(401)
  expect((await signIn(email, change.password)).status).toBe(200)
})

test('an account is tried ten times a minute, whatever address the caller claims to have', async () => {
  const statuses: number[] = []
  for (let n = 0; n < 11; n += 1) statuses.push((await signIn('Victim@example.com', 'guess-number-n')).status)
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429])
  expect((await signIn('victim@example.com', 'guess-number-n')).status).toBe(429)
  expect((await signIn('someone@example.com', 'guess-number-n')).status).toBe(401)
})
