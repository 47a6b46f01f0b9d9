import { ApiProblem } from './problem'

export interface Call {
  query?: Record<string, string | number | boolean | null | undefined>
  /** Sent as JSON, or as it is when it is a form. */
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
  /** Told how much of a form is on its way, from 0 to 1. */
  onProgress?: (part: number) => void
  /** Whether a refused credential is the caller's own business. Else the call waits until somebody has signed in, and goes again. */
  withoutSignIn?: boolean
}

export interface Answer<T> {
  data: T
  headers: Headers
}

/** Resolves once the former user is signed in again. */
let signIn: () => Promise<void> = () => Promise.reject(new ApiProblem(401, 'unauthorized', ''))

export function whenSignedOut(ask: () => Promise<void>): void {
  signIn = ask
}

/** Calls the product. Throws ApiProblem for everything but a good answer. */
export async function call<T>(method: string, path: string, options: Call = {}): Promise<Answer<T>> {
  const answer = await request(method, path, options)
  if (answer.status === 401 && !options.withoutSignIn) {
    await signIn()
    return call<T>(method, path, options)
  }
  if (!answer.ok) throw await ApiProblem.of(answer)
  const data = answer.status === 204 ? undefined : await answer.json().catch(() => undefined)
  return { data: data as T, headers: answer.headers }
}

async function request(method: string, path: string, { query, body, headers, signal, onProgress }: Call): Promise<Response> {
  const isForm = body instanceof FormData
  try {
    if (isForm && onProgress) {
      const { upload } = await import('./upload')
      return await upload(method, path, { Accept: 'application/json', ...headers }, body, onProgress, signal)
    }
    return await fetch(path + queryOf(query), {
      method,
      headers: { Accept: 'application/json', ...(body && !isForm ? { 'Content-Type': 'application/json' } : {}), ...headers },
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
      signal,
      credentials: 'same-origin',
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw ApiProblem.unreachable()
  }
}

function queryOf(query: Call['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return given.length === 0 ? '' : '?' + new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}
