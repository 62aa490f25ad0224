/** Where a step before found the fault: what judging steps put out, and what the next one takes as its `place`. */
import * as z from 'zod'
import { localisedPlace, type LocalisedPlace } from './chain-loss-output.ts'

/** Taken whole from an output such as that of "Where is the loss?"; what a step does not know it leaves out. */
export const placeField = z
  .object({
    /** The entity that the place is in; null when nothing was found. */
    entity: z.string().nullish(),
    localised: localisedPlace.partial().nullish(),
    placeKind: z.enum(['zone', 'version', 'host']).nullish(),
    /** What fails there, as the end of a sentence: "payment v2 fails on 3 of 6 hosts (zone A)". */
    cause: z.string().nullish(),
  })
  .nullable()
  .default(null)
  .meta({
    title: 'Place',
    description:
      'Where the fault was found, from the step that found it: ${steps.loss.output}. A change that touches the hosts, the zone or the version there is much likelier.',
  })

export interface FaultPlace {
  entity: string
  /** Null when it is spread over all parts of the entity. */
  part: { localised: LocalisedPlace; isZone: boolean; cause: string } | null
}

/** The place as far as it is one of this entity; null when it is of another, or not known. */
export function placeOfEntity(place: z.infer<typeof placeField>, entity: string): FaultPlace | null {
  if (!place || place.localised === undefined || (place.entity ?? entity) !== entity) return null
  if (place.localised === null) return { entity, part: null }
  if (!place.cause) return null
  const { zone = null, hosts = [], version = null, healthyZone = null } = place.localised
  const localised = { zone, hosts, version, healthyZone }
  return { entity, part: { localised, isZone: place.placeKind === 'zone', cause: place.cause } }
}
