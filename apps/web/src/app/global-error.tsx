'use client'

/** The frame itself broke, so nothing of the design system can be relied on here. */
export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: 'system-ui, sans-serif', padding: '4rem', textAlign: 'center' }}>
        <h1 style={{ fontSize: '1.1rem' }}>Tenon’s pages broke</h1>
        <p>Runs and actions are not touched by this. Try again; if it stays, look at the web server’s log.</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  )
}
