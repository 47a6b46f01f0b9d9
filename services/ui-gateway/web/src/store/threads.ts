import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { inbox, messagesPerPage, type ListPage, type MessagePlace } from '../api/inbox'
import { ApiProblem } from '../api/problem'
import type { Id, Message } from '../api/types'
import { inOrder, later, merge } from '../rules/merge'

export type LoadState = 'idle' | 'loading' | 'error'

export interface Thread {
  /** Oldest first, without a gap. */
  messages: Message[]
  /** Where older messages go on; null when there are none, undefined before the first page. */
  cursor: string | null | undefined
  /** Whether newer ones than these are there: one has jumped to the middle. */
  hasNewer: boolean
  state: LoadState
}

const mostThreads = 30
const mostMessages = 200
const none: Thread = { messages: [], cursor: undefined, hasNewer: false, state: 'idle' }

/**
 * The messages of the threads that were opened last. Thirty threads of two hundred are kept, so that a day's work does not fill the memory.
 */
export const useThreads = defineStore('threads', () => {
  const threads = shallowReactive(new Map<Id, Thread>())
  const running = new Map<Id, Promise<void>>()
  /** What happened behind the middle that one looks at, until one comes there. */
  const ahead = new Map<Id, Message[]>()
  /** The threads whose end is being read anew. */
  const shortened = new Set<Id>()

  const get = (id: Id): Thread => threads.get(id) ?? none
  const set = (id: Id, change: Partial<Thread>) => void threads.set(id, { ...get(id), ...change })

  function merged(messages: Message[], news: Message[], replaced?: Id, isOlder = false): Message[] {
    const known = new Map(messages.map((message) => [message.id, message]))
    return merge(messages, news.map((message) => later(known.get(message.id), message)), replaced, isOlder)
  }

  /** Adds what was read or has happened. Messages of a thread that nobody opened are not kept. */
  function put(id: Id, news: Message[], replaced?: Id): void {
    const thread = threads.get(id)
    if (!thread) return
    const last = thread.messages.at(-1)
    const isAhead = (message: Message) => thread.hasNewer && last !== undefined && last.id !== message.id && inOrder(last, message) <= 0
    const behind = news.filter(isAhead)
    if (behind.length > 0) ahead.set(id, [...(ahead.get(id) ?? []), ...behind])
    set(id, { messages: merged(thread.messages, news.filter((message) => !isAhead(message)), replaced) })
  }

  function change(id: Id, messageId: Id, how: (message: Message) => Message): void {
    const message = threads.get(id)?.messages.find((row) => row.id === messageId)
    if (message) put(id, [how(message)])
  }

  /** Reads the end of a thread. What is known stays, unless there would be a gap between the two. */
  const loadNewest = (id: Id): Promise<void> =>
    read(id, {}, (page) => {
      const { messages, hasNewer, cursor } = get(id)
      const known = new Set(messages.map((message) => message.id))
      const meets = !hasNewer && (page.next_cursor === null || page.data.some((message) => known.has(message.id)))
      if (hasNewer || (cursor !== undefined && !meets)) {
        // What has happened while the page was on its way is not in it.
        const since = ahead.get(id) ?? []
        ahead.delete(id)
        set(id, { messages: merge(merge([], page.data), since), cursor: page.next_cursor, hasNewer: false })
      } else set(id, { messages: merged(messages, page.data), cursor: cursor === undefined ? page.next_cursor : cursor })
    })

  async function loadOlder(id: Id): Promise<void> {
    const { cursor } = get(id)
    if (cursor)
      await read(id, { cursor }, (page) =>
        set(id, { messages: merged(get(id).messages, page.data, undefined, true), cursor: page.next_cursor }),
      )
  }

  /**
   * Reads the end of a long thread anew and forgets what lies before it: one that is open all day would keep the whole day. Left undone
   * when something else is read meanwhile; the thread is shown on all the same.
   */
  async function shorten(id: Id): Promise<void> {
    const { cursor, state, hasNewer, messages } = get(id)
    if (messages.length <= 2 * mostMessages || state === 'loading' || hasNewer || shortened.has(id)) return
    shortened.add(id)
    const page = await inbox.messages(id, {}).catch(() => null)
    shortened.delete(id)
    const now = get(id)
    const first = page?.data[0]
    if (!page || !first || now.cursor !== cursor || now.state === 'loading' || now.hasNewer) return
    const from = now.messages.findIndex((message) => message.id === first.id)
    // More came meanwhile than a page holds.
    if (from >= 0) set(id, { messages: merged(now.messages.slice(from), page.data), cursor: page.next_cursor })
  }

  async function loadNewer(id: Id): Promise<void> {
    const { hasNewer, messages } = get(id)
    const last = messages.at(-1)
    if (!hasNewer || !last) return
    await read(id, { after: last.id }, (page) => {
      const isEnd = page.data.length < messagesPerPage
      const news = isEnd ? [...page.data, ...(ahead.get(id) ?? [])] : page.data
      if (isEnd) ahead.delete(id)
      set(id, { messages: merged(get(id).messages, news), hasNewer: !isEnd })
    })
  }

  /** Goes to a message wherever in the thread it is: what stands around it takes the place of what was read. Says whether it is there. */
  async function loadAround(id: Id, message: Id): Promise<boolean> {
    const isThere = () => get(id).messages.some((row) => row.id === message)
    if (isThere()) return true
    await running.get(id)
    await read(id, { around: message }, (page) => {
      ahead.delete(id)
      // Fewer than half a page after it: the end is among them.
      const newer = page.data.length - 1 - page.data.findIndex((row) => row.id === message)
      set(id, { messages: merge([], page.data), cursor: page.next_cursor, hasNewer: newer >= Math.floor(messagesPerPage / 2) })
    })
    return isThere()
  }

  /** Reads one page at a time. Whoever asks meanwhile gets none, and asks again on the next scroll. */
  async function read(id: Id, place: MessagePlace, take: (page: ListPage<Message>) => void): Promise<void> {
    if (get(id).state === 'loading') return
    const reading = ask(id, place, take)
    running.set(id, reading)
    await reading
    running.delete(id)
  }

  async function ask(id: Id, place: MessagePlace, take: (page: ListPage<Message>) => void): Promise<void> {
    set(id, { state: 'loading' })
    try {
      const page = await inbox.messages(id, place)
      take(page)
      set(id, { state: 'idle' })
    } catch (error) {
      // A message that is gone is no fault of the thread's.
      set(id, { state: place.around && error instanceof ApiProblem && error.status === 404 ? 'idle' : 'error' })
    }
  }

  /** Called when a thread is left: keeps its end, and the threads that were left last. */
  function leave(id: Id): void {
    const thread = threads.get(id)
    if (!thread) return
    threads.delete(id)
    ahead.delete(id)
    // Half a thread has no cursor of its own: it is read anew.
    if (thread.messages.length <= mostMessages && !thread.hasNewer) threads.set(id, thread)
    for (const oldest of threads.keys()) {
      if (threads.size <= mostThreads) break
      threads.delete(oldest)
    }
  }

  return { get, put, change, loadNewest, loadOlder, loadNewer, loadAround, shorten, leave }
})
