import type { LiveHub } from './live-hub.ts'

/** Any process may change the model; it is read anew when that is told, without a restart. */
export function followModel(live: LiveHub, readAnew: () => Promise<void>): void {
  const reload = (): void =>
    void readAnew().catch((error: unknown) => {
      console.error(
        JSON.stringify({ level: 'warn', message: 'The model could not be read anew', error: String(error) }),
      )
    })
  live.subscribe({
    onMessage: ({ topic }) => {
      if (topic === 'model') reload()
    },
    onGap: reload,
  })
}
