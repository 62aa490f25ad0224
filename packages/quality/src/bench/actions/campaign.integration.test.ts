/** A short campaign on each commit; `npm run bench -- actions` is the long one. */
import pg from 'pg'
import { expect, test } from 'vitest'
import { randomBytes } from 'node:crypto'
import { runCampaign } from './campaign.ts'
import { checkCampaign } from './checker.ts'
import { caught, mutants } from './mutants.ts'

test(
  '40 actions under faults: none doubled, none lost, and every planted mistake is found',
  { timeout: 180_000 },
  async () => {
    const base = new URL(process.env['TEST_DATABASE_URL'] ?? '')
    const name = `campaign_${randomBytes(6).toString('hex')}`
    const admin = new pg.Client({ connectionString: base.href })
    await admin.connect()
    await admin.query(`CREATE DATABASE ${name}`)
    try {
      const url = new URL(base)
      url.pathname = `/${name}`
      const seed = Math.floor(Math.random() * 1e6)
      const { record, faults } = await runCampaign({
        actions: 40,
        faults: 0,
        seed,
        lanes: 8,
        databaseUrl: url.href,
        say: () => undefined,
      })
      expect({ seed, breaches: checkCampaign(record) }).toEqual({ seed, breaches: [] })
      expect([...faults.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
      expect(caught(record, checkCampaign).map((mutant) => mutant.name)).toEqual(mutants.map((mutant) => mutant.name))
    } finally {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.end()
    }
  },
)
