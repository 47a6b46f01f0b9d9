import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { call } from '../api/call'
import { ApiProblem } from '../api/problem'
import type { Id, SendAnswer, Time } from '../api/types'
import { backoff } from '../live/backoff'
import { bubbleKey } from '../rules/merge'
import { useSession } from './session'
import { storage } from './storage'

/**
 * Waiting: for its turn, the network or the server. Accepted: the server has it and an event will show it. Refused: as it says, for good.
 */
export type BubbleState = 'waiting' | 'sending' | 'accepted' | 'refused'

/** A message from the moment it was sent here until the server shows it. */
export interface Bubble {
  /** Names it for life, and is the idempotency key of every try. */
  key: string
  conversationId: Id
  accountId: Id
  recipientId: Id
  text: string | null
  file: File | null
  quoted: { id: Id; excerpt: string | null; kind: string } | null
  /** When it shall go; null at once. */
  scheduleAt: Time | null
  state: BubbleState
  /** How much of its file is on its way, from 0 to 1; null while none is. */
  progress: number | null
  /** Why it was refused, in the server's words; empty otherwise. */
  reason: string
  code: string
  createdAt: string
}

export const useOutbox = defineStore('outbox', () => {
  const session = useSession()
  const bubbles = shallowReactive(new Map<string, Bubble>())
  const working = new Set<Id>()
  const uploads = new Map<string, AbortController>()
  /** The keys of all that was sent from this page. */
  const own = new Set<string>()
  const name = () => `${session.userId} outbox`

  /** Goes on with what an earlier page had not sent. A file does not outlive its page; its bubble says so. */
  function restore(): void {
    for (const bubble of storage.get<Bubble[]>(name()) ?? []) {
      const wasFile = bubble.text === null
      bubbles.set(bubble.key, {
        ...bubble,
        file: null,
        progress: null,
        ...(wasFile ? { state: 'refused', code: 'file_lost' } : bubble.state === 'refused' ? {} : { state: 'waiting' }),
      })
    }
    for (const id of new Set([...bubbles.values()].map((bubble) => bubble.conversationId))) void work(id)
  }

  /** Takes bubbles; what the composer held is theirs from here on. */
  function add(added: Omit<Bubble, 'state' | 'progress' | 'reason' | 'code' | 'createdAt'>[]): void {
    const createdAt = new Date().toISOString()
    for (const bubble of added) own.add(bubble.key)
    for (const bubble of added) bubbles.set(bubble.key, { ...bubble, state: 'waiting', progress: null, reason: '', code: '', createdAt })
    keep()
    if (added[0]) void work(added[0].conversationId)
  }

  /** One after another in each thread, so that they arrive in order. */
  async function work(conversation: Id): Promise<void> {
    if (working.has(conversation)) return
    working.add(conversation)
    try {
      for (let attempt = 0; ; ) {
        const next = [...bubbles.values()].find((bubble) => bubble.conversationId === conversation && bubble.state === 'waiting')
        if (!next) return
        const wait = await send(next, attempt)
        attempt = wait === null ? 0 : attempt + 1
        if (wait !== null) await pause(wait)
      }
    } finally {
      working.delete(conversation)
    }
  }

  /** Returns how long to wait before the next try; null when the bubble is done with. */
  async function send(bubble: Bubble, attempt: number): Promise<number | null> {
    set(bubble.key, { state: 'sending', progress: bubble.file ? 0 : null })
    const stop = new AbortController()
    if (bubble.file) uploads.set(bubble.key, stop)
    try {
      // Not kept: a change of the bar is not worth writing.
      await post(bubble, stop.signal, (progress) => show(bubble.key, { progress }))
      set(bubble.key, { state: 'accepted', progress: null })
      return null
    } catch (error) {
      if (stop.signal.aborted) return null
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable()
      if (problem.isTemporary) {
        set(bubble.key, { state: 'waiting', progress: null })
        return problem.retryAfter ?? backoff(attempt)
      }
      set(bubble.key, { state: 'refused', progress: null, reason: problem.detail, code: problem.code })
      return null
    } finally {
      uploads.delete(bubble.key)
    }
  }

  function show(key: string, change: Partial<Bubble>): boolean {
    const bubble = bubbles.get(key)
    if (bubble) bubbles.set(key, { ...bubble, ...change })
    return bubble !== undefined
  }

  function set(key: string, change: Partial<Bubble>): void {
    if (show(key, change)) keep()
  }

  /** Whether a file can still be held back: a part of it has not left, so nobody has the whole. */
  const canStop = (key: string): boolean => uploads.has(key) && (bubbles.get(key)?.progress ?? 1) < 1

  function stopUpload(key: string): void {
    if (!canStop(key)) return
    const stop = uploads.get(key)!
    remove(key)
    stop.abort()
  }

  function remove(key: string): void {
    if (bubbles.delete(key)) keep()
  }

  /** A refused bubble goes again, under a key of its own: the former one may stand for the refusal. */
  function again(key: string): void {
    const bubble = bubbles.get(key)
    if (bubble?.state !== 'refused') return
    remove(key)
    add([{ ...bubble, key: newKey() }])
  }

  const keep = () => {
    const all = [...bubbles.values()].filter((bubble) => bubble.state !== 'accepted').map((bubble) => ({ ...bubble, file: null }))
    storage.set(name(), all.length > 0 ? all : null)
  }

  const of = (conversation: Id) => [...bubbles.values()].filter((bubble) => bubble.conversationId === conversation)
  return { bubbles, own, add, remove, again, canStop, stopUpload, restore, of }
})

/** crypto.randomUUID is there only where the page came over https or from this machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function post(bubble: Bubble, signal: AbortSignal, onProgress: (part: number) => void): Promise<unknown> {
  const fields = {
    account_id: bubble.accountId,
    recipient_id: bubble.recipientId,
    ...(bubble.scheduleAt ? { schedule_at: bubble.scheduleAt } : {}),
    ...(bubble.quoted ? { reply_to_message_id: bubble.quoted.id } : {}),
    metadata: { [bubbleKey]: bubble.key },
  }
  // The answer comes at once: what becomes of it is told by events.
  const headers = { 'Idempotency-Key': bubble.key, Prefer: 'wait=0' }
  if (!bubble.file) return call<SendAnswer>('POST', '/api/v1/messages/send', { body: { ...fields, message: bubble.text }, headers })
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.set(field, typeof value === 'string' ? value : JSON.stringify(value))
  form.set('file', bubble.file)
  return call<SendAnswer>('POST', '/api/v1/messages/send', { body: form, headers, signal, onProgress })
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    addEventListener('online', end)
  })
}
