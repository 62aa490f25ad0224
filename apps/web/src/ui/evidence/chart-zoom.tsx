'use client'
/** One time range for all charts of a page: what is dragged on one is shown on each. */
import { createContext, type ReactNode, useContext, useMemo } from 'react'

/** Unix milliseconds. */
export type ZoomRange = readonly [from: number, to: number]

interface Zoom {
  /** Null: all of the data. */
  range: ZoomRange | null
  onRange: (range: ZoomRange | null) => void
}

const ZoomContext = createContext<Zoom | null>(null)

/** @example <ChartZoom range={range} onRange={setRange}>charts</ChartZoom> */
export function ChartZoom({ range, onRange, children }: Zoom & { children: ReactNode }) {
  const zoom = useMemo(() => ({ range, onRange }), [range, onRange])
  return <ZoomContext value={zoom}>{children}</ZoomContext>
}

/** Null outside of a `ChartZoom`: then a drag does nothing. */
export function useChartZoom(): Zoom | null {
  return useContext(ZoomContext)
}
