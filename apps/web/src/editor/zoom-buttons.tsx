'use client'
import { useReactFlow } from '@xyflow/react'
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react'
import { IconButton } from '../ui/button.tsx'
import { useFit } from './use-fit.ts'

/** Of a canvas' toolbar. @param whole what the button is called that shows all of it */
export function ZoomButtons({ whole }: { whole: string }) {
  const flow = useReactFlow()
  const fit = useFit()
  return (
    <>
      <IconButton size="small" variant="ghost" label="Zoom out" onClick={() => void flow.zoomOut({ duration: 120 })}>
        <ZoomOut aria-hidden className="size-3.5" />
      </IconButton>
      <IconButton size="small" variant="ghost" label="Zoom in" onClick={() => void flow.zoomIn({ duration: 120 })}>
        <ZoomIn aria-hidden className="size-3.5" />
      </IconButton>
      <IconButton size="small" variant="ghost" label={whole} onClick={() => fit()}>
        <Maximize aria-hidden className="size-3.5" />
      </IconButton>
    </>
  )
}
