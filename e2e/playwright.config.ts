/** The product in a real browser, on the whole stack: `npm test -- e2e`. */
import { defineConfig } from '@playwright/test'
import { browserTool, lookUpTool } from '@tenon/stack'

// Debian's or the user's own browser when there is one; else the one that Playwright downloaded.
const executablePath = lookUpTool(browserTool)?.path

export default defineConfig({
  testDir: '.',
  globalSetup: './start-stack.ts',
  outputDir: '../test-results',
  // One stack, one shop: what one test switches, another would see.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: process.env.CI ? [['line']] : [['list']],
  use: {
    // Set by the global set-up, which runs before any test is.
    baseURL: process.env.E2E_URL,
    storageState: process.env.E2E_STATE,
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    locale: 'en-GB',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        // Nothing is asked of the outside, and a closed network must not slow the start.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
})
