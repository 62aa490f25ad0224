/** Process groups: a part and all that it started. Windows has none, so there it is the process alone. */

/** Sends a signal to a whole group; false when nothing is left of it. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  return send(leader, signal)
}

export function isGroupAlive(leader: number): boolean {
  return send(leader, 0)
}

function send(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
