import createClient, { type Client } from 'openapi-fetch'
import type { EventType, InboxEvent } from './events.js'
import { ApiProblem } from './problem.js'
import { keyHeader, retrying } from './retry.js'
import { follow } from './stream.js'
import type { components, paths } from './schema.js'

export interface Options {
  /** Where the product is, like `https://messenger.example.com`. */
  url: string
  /** An API key: `sk_…`. */
  key: string
  /** Carries the requests; the global one by default. */
  fetch?: typeof fetch
  /** Waits between tries, for so many milliseconds or until the signal ends it. */
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

/** One thing, a text, or both (then as two messages, the text last). The product's docs/sending.md has every limit. */
export interface SendMessage {
  account_id: string
  /** The customer; or a comment. */
  recipient_id?: string
  /** The comment that is answered in private: once, within 7 days. */
  comment_id?: string
  /** At most 1,000 bytes in UTF-8; longer with `split`. */
  message?: string
  split?: boolean
  attachment_url?: string
  attachment_type?: 'image' | 'video' | 'audio' | 'file'
  /** A file of `POST /api/v1/media`: `up_…`. */
  attachment_id?: string
  /** 1 to 10 images in one message. */
  attachments?: ({ url: string } | { attachment_id: string })[]
  sticker?: 'like_heart'
  share_media_id?: string
  reply_to_message_id?: string
  quick_replies?: { title: string; payload: string }[]
  template?: Record<string, unknown>
  /** RFC 3339, within 30 days. */
  schedule_at?: string
  sent_by?: 'human' | 'automation'
  /** Given back with the message; at most 4 KiB. */
  metadata?: Record<string, unknown>
}

export interface SendOptions {
  /**
   * 1 to 255 printable characters of ASCII that name this message alone, like the id of what it answers. The same key with the same message
   * within 24 hours is answered with what came of the first call; nothing is sent twice. A random one by default, which guards the tries of
   * one call.
   */
  idempotencyKey?: string
  /** Seconds to wait for Instagram's answer, 0 to 30; 5 by default. What is not settled then is `pending`, and events tell the rest. */
  wait?: number
  signal?: AbortSignal
}

export interface EventFilter {
  accountId?: string
  /** A page of rare types may be empty and have a `next_cursor`. */
  types?: EventType[]
  /** Events on a page: 1 to 200, 50 by default. */
  limit?: number
}

export interface FollowOptions {
  accountId?: string
  types?: EventType[]
  /** Ends it. */
  signal?: AbortSignal
}

export interface EventPage {
  /** Oldest first. */
  data: InboxEvent[]
  /** Null when these were the last ones. */
  next_cursor: string | null
  /** Where to go on: nothing at or below it can still appear. */
  last_sequence: number
}

/** The product's API with one key. Errors are ApiProblem; when nobody answers, what `fetch` throws. */
export class InstaMessenger {
  /** Every call, typed by the OpenAPI document: `calls.GET('/api/v1/accounts')`. */
  readonly calls: Client<paths>
  readonly #url: string
  readonly #headers: Record<string, string>
  readonly #fetch: (request: Request) => Promise<Response>
  readonly #send: typeof fetch
  readonly #sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>

  constructor({ url, key, fetch: send = fetch, sleep = wait }: Options) {
    this.#url = url.replace(/\/+$/, '')
    this.#headers = { Authorization: `Bearer ${key}`, Accept: 'application/json' }
    this.#send = send
    this.#sleep = sleep
    this.#fetch = retrying(send, sleep)
    this.calls = createClient<paths>({ baseUrl: this.#url, headers: this.#headers, fetch: this.#fetch })
    this.calls.use({
      async onResponse({ response }) {
        if (!response.ok) throw await ApiProblem.of(response)
      },
    })
  }

  /** Sends a message. */
  async send(
    message: SendMessage,
    { idempotencyKey = crypto.randomUUID(), wait, signal }: SendOptions = {},
  ): Promise<components['schemas']['SendAnswer']> {
    return this.#call('/api/v1/messages/send', {
      method: 'POST',
      body: JSON.stringify(message),
      headers: {
        ...this.#headers,
        'Content-Type': 'application/json',
        [keyHeader]: idempotencyKey,
        ...(wait === undefined ? {} : { Prefer: `wait=${wait}` }),
      },
      ...(signal ? { signal } : {}),
    })
  }

  /**
   * Reads the events after a sequence, oldest first; null is the oldest that is kept. Ask again with `last_sequence`, at once while there
   * is a `next_cursor` and else later. A sequence beyond the end of the log (Number.MAX_SAFE_INTEGER) shows where the end is. When what is
   * behind it is not kept any more, the problem is `events_expired`: read anew what you need, and go on with its `oldest_sequence` less 1.
   */
  async events(after: number | null, { accountId, types, limit }: EventFilter = {}): Promise<EventPage> {
    const query = new URLSearchParams()
    if (after !== null) query.set('after', String(after))
    if (accountId !== undefined) query.set('account_id', accountId)
    if (types !== undefined) query.set('types', types.join(','))
    if (limit !== undefined) query.set('limit', String(limit))
    return this.#call(`/api/v1/events?${query}`, { headers: this.#headers })
  }

  /**
   * Follows the event log as it grows: each event once and in order, for as long as you read; null begins with what happens next. A line
   * that breaks is made anew, behind the event that you were given last, after a second and later up to half a minute; so is one on which
   * nothing came for 45 s. Handle an event before you read the next one, and keep its `sequence`: given as `after` it goes on there when
   * your program starts again.
   *
   * Throws the signal's reason when it is aborted, and an ApiProblem for what does not pass by itself: 401 when the key was revoked or has
   * expired, 403, 404 for an account that the key does not see, 422 for a type that there is not, and 410 `events_expired` when what comes
   * next is not kept any more: read anew what you need, and go on with its `oldest_sequence` less 1.
   */
  follow(after: number | null = null, { accountId, types, signal }: FollowOptions = {}): AsyncGenerator<InboxEvent, never> {
    const query = new URLSearchParams()
    if (accountId !== undefined) query.set('account_id', accountId)
    if (types !== undefined) query.set('types', types.join(','))
    const requestOf = (place: string | null): Request =>
      new Request(`${this.#url}/api/v1/events/stream?${query}`, {
        headers: { ...this.#headers, Accept: '*/*', ...(place === null ? {} : { 'Last-Event-ID': place }) },
        ...(signal ? { signal } : {}),
      })
    return follow({ requestOf, send: this.#send, sleep: this.#sleep, signal }, after)
  }

  async #call<T>(path: string, init: RequestInit): Promise<T> {
    const answer = await this.#fetch(new Request(this.#url + path, init))
    if (!answer.ok) throw await ApiProblem.of(answer)
    return (await answer.json()) as T
  }
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      done()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener('abort', end)
  })
}
