const openEvent = 'tenon-break-glass'

/** Opens the dialog of the header from anywhere: a menu or the palette closes itself first. */
export function openBreakGlass(): void {
  dispatchEvent(new Event(openEvent))
}

/** @returns how to stop listening. */
export function onBreakGlass(open: () => void): () => void {
  addEventListener(openEvent, open)
  return () => removeEventListener(openEvent, open)
}
