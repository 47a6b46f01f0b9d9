/** An answer that is an error, as the product words it; or no answer at all (status 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'

  constructor(
    readonly status: number,
    readonly code: string,
    /** A sentence for people; empty when nobody said anything. */
    readonly detail: string,
    readonly traceId: string | null = null,
    /** Milliseconds to wait before the next try; null when it was not said. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${status} ${code}`)
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500 || this.code === 'idempotency_in_progress'
  }

  static unreachable(): ApiProblem {
    return new ApiProblem(0, 'unreachable', '')
  }

  static async of(answer: Response): Promise<ApiProblem> {
    const wait = Number(answer.headers.get('Retry-After'))
    const retryAfter = Number.isFinite(wait) && wait > 0 ? wait * 1000 : null
    const body = await answer.json().catch(() => null)
    const fields = body?.errors ? Object.values(body.errors as Record<string, string[]>).flat().join(' ') : ''
    return new ApiProblem(answer.status, body?.code ?? 'error', fields || (body?.detail ?? ''), body?.trace_id ?? null, retryAfter)
  }
}
