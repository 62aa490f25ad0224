/** What comes in through a webhook, before and after its format is understood. */
import type { ValueType } from '../value-type.ts'

/** A request whose sender is known already. */
export interface IncomingRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  /** As it came, UTF-8. */
  body: string
}

export interface IncomingEvent {
  /** Equal ids of one trigger are the same event; null when the format has none. */
  id: string | null
  /** What expressions of the trigger see as `event`, and the run as `trigger.payload`. */
  event: Record<string, unknown>
  /** Set when it is nothing to run for, whatever the trigger says: one sentence. */
  ignored?: string
}

/** `place` says where in the body, e.g. `alerts.3.labels`. */
export interface IncomingProblem {
  code: 'bad-json' | 'bad-event' | 'too-many-events' | 'nested-too-deep'
  message: string
  fix: string
  place: string
}

export type ParsedEvents =
  | {
      ok: true
      events: IncomingEvent[]
      /** Whether the ids are a part of the body, which a signature covers. Headers can be changed by whoever sends a request again. */
      signedIds: boolean
    }
  | { ok: false; problem: IncomingProblem }

export interface WebhookFormat {
  parse(request: IncomingRequest): ParsedEvents
  /** The type of `event`. */
  type: ValueType
}

/** Events in one request. */
export const mostEvents = 500
