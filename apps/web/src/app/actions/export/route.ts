import * as z from 'zod'
import { composition } from '../../../server/composition.ts'
import { ApiError, toResponse } from '../../../server/errors.ts'
import { byteStream, contentTypes, exportLedger } from '../../../server/export-ledger.ts'
import { ledgerFields, ledgerFilter } from '../../../server/ledger-filter.ts'
import { decide } from '../../../server/policy.ts'
import { assertSameOrigin } from '../../../server/same-origin.ts'

const query = z.strictObject({ format: z.enum(['csv', 'json']), ...ledgerFields })

/** What the filters of the ledger select, as a file. */
export async function GET(request: Request): Promise<Response> {
  try {
    const services = composition()
    // Somebody who types the address in comes from no page.
    if (request.headers.get('sec-fetch-site') !== 'none')
      assertSameOrigin(request.headers, services.configuration.publicUrl)
    if (!decide('GET /actions/export', await services.auth.actorOf(request.headers)).allowed) {
      throw new ApiError({ status: 401, code: 'signed-out', message: 'You are not signed in.', fix: 'Sign in.' })
    }
    const { format, ...fields } = query.parse(Object.fromEntries(new URL(request.url).searchParams))
    const text = exportLedger(services, { format, filter: ledgerFilter(fields) })
    const stamp = new Date().toISOString().slice(0, 16).replaceAll(':', '-')
    return new Response(byteStream(text), {
      headers: {
        'content-type': contentTypes[format],
        'content-disposition': `attachment; filename="actions-${stamp}Z.${format}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    })
  } catch (error) {
    return toResponse(error)
  }
}
