/** Who may do what, and what callers of the API are told. */
import { expect, test } from '@playwright/test'

const api = (path: string): string => `${process.env.E2E_URL}/api/v1${path}`
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

test('signed out, every page leads to sign-in and comes back', async ({ browser }) => {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } })
  const page = await context.newPage()
  await page.goto('/actions')
  await expect(page).toHaveURL(/\/sign-in\?next=%2Factions/)
  await page.getByLabel('E-mail address').fill('nobody@example.com')
  await page.getByLabel('Password').fill('not-the-password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('The e-mail address or the password is not right.')).toBeVisible()
  await context.close()
})

test('an invitation makes an account of its role, once', async ({ page, browser }) => {
  await page.goto('/settings?tab=people')
  await page.getByLabel('E-mail address').fill('vera@example.com')
  await page.getByLabel('Role', { exact: true }).click()
  await page.getByRole('option', { name: /^Viewer/ }).click()
  await page.getByRole('button', { name: 'Make invitation' }).click()
  const link = await page.getByRole('dialog').locator('code').innerText()

  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } })
  const guest = await context.newPage()
  await guest.goto(link)
  await guest.getByLabel('Your name').fill('Vera')
  await guest.getByLabel('Password').fill('a long enough one')
  await guest.getByRole('button', { name: 'Create my account' }).click()
  await expect(guest.getByRole('navigation', { name: 'Pages' })).toBeVisible()

  await test.step('a viewer reads, and is told why the rest is not for them', async () => {
    await expect(guest.getByRole('button', { name: 'Diagnose', exact: true })).toHaveAttribute('aria-disabled', 'true')
    await guest.goto('/settings')
    await expect(guest.getByText('are for admins; you are viewer')).toBeVisible()
    await guest.goto('/runbooks/payment-drop')
    await expect(guest.getByText('read only')).toBeVisible()
  })

  await test.step('the link is used up', async () => {
    const again = await context.newPage()
    await again.goto(link)
    await expect(again.getByText('This link was used already or has expired.')).toBeVisible()
  })
  await context.close()
})

test('the REST API answers with the result, the same key with the same run, and errors that name the thing', async ({
  request,
}) => {
  const token = process.env.E2E_API_TOKEN ?? ''
  const post = (path: string, options: { key?: string; token?: string; data?: unknown }) =>
    request.post(api(path), {
      headers: { ...bearer(options.token ?? token), ...(options.key ? { 'idempotency-key': options.key } : {}) },
      data: options.data ?? {},
    })

  const first = await post('/runbooks/zone-check/runs?wait=30s', { key: 'alert-1' })
  expect(first.status()).toBe(200)
  const run = (await first.json()) as { id: string; status: string; verdict: string }
  expect(run.status).toBe('succeeded')
  const second = await post('/runbooks/zone-check/runs?wait=30s', { key: 'alert-1' })
  expect(((await second.json()) as { id: string }).id).toBe(run.id)
  const other = await post('/runbooks/payment-drop/runs', { key: 'alert-1' })
  expect(other.status()).toBe(409)

  const wrong = await post('/runbooks/zone-check/runs', { token: 'tenon_wrong' })
  expect(wrong.status()).toBe(401)
  expect(wrong.headers()['www-authenticate']).toContain('Bearer')
  const unknown = await post('/runbooks/payment-dorp/runs', {})
  expect(unknown.status()).toBe(404)
  const misspelt = await post('/runbooks/payment-drop/runs', { data: { params: { chian: 'card-payment' } } })
  expect(misspelt.status()).toBe(400)
  expect(await misspelt.text()).toContain('Did you mean \\"chain\\"?')
  const large = await post('/runbooks/payment-drop/runs', { data: { params: { chain: 'x'.repeat(1_100_000) } } })
  expect(large.status()).toBe(413)
})
