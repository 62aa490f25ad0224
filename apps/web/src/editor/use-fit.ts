'use client'
import { useCallback } from 'react'
import { getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react'

/**
 * Moves the view so that these steps (all without a list) are in it. React Flow's own `fitView` waits for its nodes to be set again,
 * which a canvas that draws a document does only when the document changes.
 */
export function useFit(): (ids?: readonly string[]) => void {
  const flow = useReactFlow()
  const canvas = useStoreApi()
  return useCallback(
    (ids) => {
      const shown = flow.getNodes().filter(({ id }) => !ids || ids.includes(id))
      if (shown.length === 0) return
      const { width, height, minZoom } = canvas.getState()
      const view = getViewportForBounds(flow.getNodesBounds(shown), width, height, minZoom, 1, 0.12)
      void flow.setViewport(view, { duration: 200 })
    },
    [flow, canvas],
  )
}
