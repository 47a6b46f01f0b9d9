import { retryAfterOf } from './problem.js'

export const keyHeader = 'Idempotency-Key'

const mostTries = 4
const firstWait = 500
/** A longer Retry-After is the caller's to wait for: somebody may wait for the answer of this call. */
const longestWait = 30_000

/**
 * Makes a call again where that can help and can do no harm. A call that only reads or has an idempotency key is made again when nobody
 * answered, or the product is away; any call when it was refused before anything was done with it (429).
 */
export function retrying(send: typeof fetch, sleep: (milliseconds: number) => Promise<void>): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let tries = 1; ; tries++) {
      let wait = firstWait * 2 ** (tries - 1)
      try {
        // A body can be read once, so each try has its own.
        const answer = await send(request.clone())
        if (tries === mostTries || !(await mayHelp(request, answer))) return answer
        wait = retryAfterOf(answer) ?? wait
        if (wait > longestWait) return answer
        await answer.body?.cancel()
      } catch (error) {
        if (request.signal.aborted || tries === mostTries || !isRepeatable(request)) throw error
      }
      await sleep(wait)
    }
  }
}

function isRepeatable(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || request.headers.has(keyHeader)
}

async function mayHelp(request: Request, answer: Response): Promise<boolean> {
  if (answer.status === 429) return true
  if (!isRepeatable(request)) return false
  if (answer.status === 409) {
    // An earlier try of the same call still waits for its answer, which a later one is given.
    const problem: unknown = await answer.clone().json().catch(() => null)
    return (problem as { code?: unknown } | null)?.code === 'idempotency_in_progress'
  }
  return answer.status === 502 || answer.status === 503 || answer.status === 504
}
