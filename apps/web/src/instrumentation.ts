/** Runs once when the server starts. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs' || !process.env['DATABASE_URL']) return
  const { composition } = await import('./server/composition.ts')
  const { syncAllSchedules } = await import('./server/schedules.ts')
  const report = (what: string, error: unknown): void =>
    console.error(
      JSON.stringify({
        level: 'warn',
        message: `The schedule of ${what} is not synchronised yet`,
        error: String(error),
      }),
    )
  // The pages need not wait for it, and it is done again at the next start.
  void syncAllSchedules(composition(), report).catch((error: unknown) => report('all runbooks', error))
}
