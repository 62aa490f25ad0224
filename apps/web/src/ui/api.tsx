'use client'
/** The one way from the browser to the server: tRPC over react-query. */
import { type ReactNode, useState } from 'react'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTRPCClient, httpBatchStreamLink, httpLink, splitLink } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import superjson from 'superjson'
import type { AppRouter } from '../server/api/router.ts'
import { isSignedOut } from './problem.ts'

export type Outputs = inferRouterOutputs<AppRouter>
export type Inputs = inferRouterInputs<AppRouter>

const context = createTRPCContext<AppRouter>()

/** @example const api = useApi(); const runs = useQuery(api.runs.list.queryOptions({})) */
export const useApi = context.useTRPC
/** The client itself, for what react-query's options do not cover: pages of a list. */
export const useApiClient = context.useTRPCClient

/** A session that ended while a page was open: begin again, and come back to this page. */
function signInAgain(error: unknown): void {
  if (!isSignedOut(error) || location.pathname === '/sign-in' || location.pathname === '/welcome') return
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: signInAgain }),
    mutationCache: new MutationCache({ onError: signInAgain }),
    defaultOptions: {
      queries: {
        // Live events say what changed; the rest may rest a little.
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && !isClientFault(error),
      },
    },
  })
}

const url = '/api/trpc'

/** A refusal stays a refusal however often it is asked. */
function isClientFault(error: unknown): boolean {
  const data = (error as { data?: { httpStatus?: unknown } } | null)?.data
  return typeof data?.httpStatus === 'number' && data.httpStatus >= 400 && data.httpStatus < 500
}

export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient)
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ type }) => type === 'mutation',
          // One by one: an answer may set a cookie, which a streamed one cannot.
          true: httpLink({ url, transformer: superjson }),
          // Answers arrive as they are ready: a page does not wait for the slowest of its questions.
          false: httpBatchStreamLink({ url, transformer: superjson }),
        }),
      ],
    }),
  )
  return (
    <QueryClientProvider client={queryClient}>
      <context.TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  )
}
