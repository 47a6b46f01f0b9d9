/** An answer of the product that is an error: a problem of RFC 9457. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'

  private constructor(
    /** The HTTP status. */
    readonly status: number,
    /** A stable word in snake_case, like `window_closed`; `error` when the answer is no problem. */
    readonly code: string,
    /** A sentence for people; empty when there is none. */
    readonly detail: string,
    /** Each field or parameter that is wrong, with what is wrong with it. */
    readonly errors: Record<string, string[]>,
    /** Finds the request in the product's logs and traces. */
    readonly traceId: string | null,
    /** Milliseconds to wait before the next try; null when the product did not say. */
    readonly retryAfter: number | null,
    /** The whole problem, with members like `closed_at`. */
    readonly problem: Record<string, unknown>,
  ) {
    super(`${status} ${code}: ${detail}`)
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get isTemporary(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500 || this.code === 'idempotency_in_progress'
  }

  /** Reads an answer that is no success. */
  static async of(answer: Response): Promise<ApiProblem> {
    const body: unknown = await answer.json().catch(() => null)
    const problem = body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {}
    const text = (name: string): string | null => (typeof problem[name] === 'string' ? problem[name] : null)
    const errors = (problem.errors ?? {}) as Record<string, string[]>
    return new ApiProblem(
      answer.status,
      text('code') ?? 'error',
      text('detail') ?? '',
      errors,
      text('trace_id'),
      retryAfterOf(answer),
      problem,
    )
  }
}

/** Milliseconds, of seconds or of a date; null when the header is missing or neither. */
export function retryAfterOf(answer: Response): number | null {
  const given = answer.headers.get('Retry-After')?.trim()
  if (!given) return null
  const wait = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now()
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}
