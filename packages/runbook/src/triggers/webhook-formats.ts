import type { WebhookTrigger } from '../document.ts'
import { alertmanager } from './alertmanager.ts'
import { cloudevents } from './cloudevents.ts'
import { generic } from './generic.ts'
import { github } from './github.ts'
import type { WebhookFormat } from './incoming-event.ts'

/** How each format's requests become events. */
export const webhookFormats: Record<WebhookTrigger['format'], WebhookFormat> = {
  alertmanager,
  cloudevents,
  github,
  generic,
}
