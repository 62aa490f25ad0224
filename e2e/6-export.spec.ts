/** The editor's export: files to read, and an archive that holds them. */
import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'

test('a runbook is read as code and downloaded as a project', async ({ page }) => {
  await page.goto('/runbooks/payment-drop')
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Export as code' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export as code' })
  await expect(dialog.getByRole('region', { name: 'src/workflow.ts' })).toContainText(
    'export async function paymentDrop(',
  )
  await dialog.getByRole('button', { name: 'src/activities.ts' }).click()
  await expect(dialog.getByRole('region', { name: 'src/activities.ts' })).toContainText('judgeChainLoss')
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
  await page.screenshot({ path: test.info().outputPath('export.png') })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Download .zip' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('payment-drop.zip')
  const bytes = readFileSync(await download.path())
  expect(bytes.subarray(0, 4).toString('hex')).toBe('504b0304')
  expect(bytes.includes('src/workflow.ts')).toBe(true)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})
