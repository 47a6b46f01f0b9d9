import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { inbox } from '../api/inbox'
import type { Id, Message } from '../api/types'
import { later, merge } from '../rules/merge'

export type LoadState = 'idle' | 'loading' | 'error'

export interface Thread {
  /** Oldest first. */
  messages: Message[]
  /** Where older messages go on; null when there are none, undefined before the first page. */
  cursor: string | null | undefined
  state: LoadState
}

const mostThreads = 30
const mostMessages = 200
const none: Thread = { messages: [], cursor: undefined, state: 'idle' }

/** The messages of the threads that were opened last. Thirty threads of two hundred are kept, so that a day's work does not fill the memory. */
export const useThreads = defineStore('threads', () => {
  const threads = shallowReactive(new Map<Id, Thread>())

  const get = (id: Id): Thread => threads.get(id) ?? none
  const set = (id: Id, change: Partial<Thread>) => void threads.set(id, { ...get(id), ...change })

  /** Adds what was read or has happened. Messages of a thread that nobody opened are not kept. */
  function put(id: Id, news: Message[], replaced?: Id): void {
    const thread = threads.get(id)
    if (!thread) return
    const known = new Map(thread.messages.map((message) => [message.id, message]))
    set(id, { messages: merge(thread.messages, news.map((message) => later(known.get(message.id), message)), replaced) })
  }

  function change(id: Id, messageId: Id, how: (message: Message) => Message): void {
    const message = threads.get(id)?.messages.find((row) => row.id === messageId)
    if (message) put(id, [how(message)])
  }

  async function loadNewest(id: Id): Promise<void> {
    if (get(id).state === 'loading') return
    await read(id, null, (cursor) => (get(id).cursor === undefined ? cursor : get(id).cursor))
  }

  async function loadOlder(id: Id): Promise<void> {
    const { cursor, state } = get(id)
    if (cursor && state !== 'loading') await read(id, cursor, (next) => next)
  }

  /** Reads older pages until a message is there; says whether it is. A search finds what is far up; five hundred messages are looked through. */
  async function loadUntil(id: Id, message: Id): Promise<boolean> {
    const isThere = () => get(id).messages.some((row) => row.id === message)
    for (let pages = 0; !isThere() && pages < 10 && get(id).cursor && get(id).state !== 'error'; pages++) await loadOlder(id)
    return isThere()
  }

  async function read(id: Id, cursor: string | null, next: (cursor: string | null) => string | null | undefined): Promise<void> {
    set(id, { state: 'loading' })
    try {
      const page = await inbox.messages(id, cursor)
      put(id, page.data)
      set(id, { state: 'idle', cursor: next(page.next_cursor) })
    } catch {
      set(id, { state: 'error' })
    }
  }

  /** Called when a thread is left: keeps its end, and the threads that were left last. */
  function leave(id: Id): void {
    const thread = threads.get(id)
    if (!thread) return
    threads.delete(id)
    // Half a thread has no cursor of its own: it is read anew.
    if (thread.messages.length <= mostMessages) threads.set(id, thread)
    for (const oldest of threads.keys()) {
      if (threads.size <= mostThreads) break
      threads.delete(oldest)
    }
  }

  return { get, put, change, loadNewest, loadOlder, loadUntil, leave }
})
