/**
 * CloudEvents 1.0 over HTTP, structured, batched and binary: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 * CDEvents are CloudEvents whose type begins with `dev.cdevents.`: https://cdevents.dev
 */
import * as z from 'zod'
import { anyType, isObject } from '../value-type.ts'
import { objectType, textType } from './event-types.ts'
import type { IncomingEvent, IncomingRequest, ParsedEvents, WebhookFormat } from './incoming-event.ts'
import { readEventJson, readEventObject, refuse, shapeProblem, tooMany } from './read-event-json.ts'

const attributes = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(1000),
  source: z.string().min(1).max(2000),
  type: z.string().min(1).max(1000),
  subject: z.string().optional(),
  time: z.iso.datetime({ offset: true }).optional(),
  datacontenttype: z.string().optional(),
  dataschema: z.string().optional(),
})

const fix = 'Send a CloudEvent 1.0 with specversion, id, source and type.'

export const cloudevents: WebhookFormat = {
  parse(request) {
    const mediaType = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
    switch (mediaType) {
      case 'application/cloudevents+json': {
        const read = readEventObject(request.body)
        return read.ok ? eventOf(read.value, []) : read
      }
      case 'application/cloudevents-batch+json':
        return batch(request.body)
      default:
        return binary(request, mediaType)
    }
  },

  type: objectType(
    {
      specversion: textType,
      id: textType,
      source: textType,
      type: textType,
      subject: anyType,
      time: anyType,
      datacontenttype: anyType,
      dataschema: anyType,
      data: anyType,
      cdevent: anyType,
    },
    anyType,
  ),
}

function batch(body: string): ParsedEvents {
  const read = readEventJson(body)
  if (!read.ok) return read
  if (!Array.isArray(read.value)) return refuse('bad-event', { message: 'The batch is not a JSON list.', fix })
  const excess = tooMany(read.value.length, '')
  if (excess) return excess
  const events: IncomingEvent[] = []
  for (const [index, value] of read.value.entries()) {
    const parsed = eventOf(value, [index])
    if (!parsed.ok) return parsed
    events.push(...parsed.events)
  }
  return { ok: true, events, signedIds: true }
}

/** Attributes are headers, the body is the data. */
function binary({ headers, body }: IncomingRequest, mediaType: string): ParsedEvents {
  if (headers['ce-specversion'] === undefined) {
    return refuse('bad-event', {
      message: 'It is no CloudEvent: neither its content type nor a header ce-specversion says so.',
      fix: 'Send it as application/cloudevents+json, or give the attributes as headers ce-id, ce-source, ce-type, ce-specversion.',
      place: 'content-type',
    })
  }
  const given: [string, unknown][] = []
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-')) continue
    const text = percentDecoded(value)
    if (text === null)
      return refuse('bad-event', { message: `The header ${name} is not well encoded.`, fix, place: name })
    given.push([name.slice('ce-'.length), text])
  }
  const json = mediaType === 'application/json' || mediaType.endsWith('+json')
  const read =
    !json || body.trim() === '' ? ({ ok: true, value: body === '' ? null : body } as const) : readEventJson(body)
  if (!read.ok) return read
  const parsed = eventOf({ ...Object.fromEntries(given), datacontenttype: mediaType, data: read.value }, [])
  return parsed.ok ? { ...parsed, signedIds: false } : parsed
}

function eventOf(value: unknown, at: (string | number)[]): ParsedEvents {
  const parsed = attributes.safeParse(value)
  if (!parsed.success) return shapeProblem(parsed.error, { what: 'CloudEvent', at, fix })
  const { subject = null, time = null, datacontenttype = null, dataschema = null, ...rest } = parsed.data
  const event = { ...rest, subject, time, datacontenttype, dataschema, data: rest['data'] ?? null }
  const cdevent = cdeventOf(rest.type, event.data)
  return {
    ok: true,
    events: [{ id: `${rest.source} ${rest.id}`, event: { ...event, cdevent } }],
    signedIds: true,
  }
}

/** `dev.cdevents.service.deployed.0.2.0` says what happened to what; null for other events. */
function cdeventOf(type: string, data: unknown): Record<string, unknown> | null {
  const match = /^dev\.cdevents\.([a-z]+)\.([a-z]+)\.(\d+\.\d+\.\d+(?:-[\w.]+)?)$/i.exec(type)
  if (!match) return null
  const subject = isObject(data) && isObject(data['subject']) ? data['subject'] : {}
  return {
    subject: match[1]!.toLowerCase(),
    predicate: match[2]!.toLowerCase(),
    version: match[3]!,
    subjectId: subject['id'] ?? null,
    content: subject['content'] ?? {},
  }
}

/** Binary mode writes attributes percent-encoded; null when they are not. */
function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // URIError is the only way in which it says no.
    return null
  }
}
