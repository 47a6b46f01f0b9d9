import { call } from './call'
import type { Account, CannedReply, Conversation, Id, Message, NewReply, Page, QueueCounts, SearchAnswer, SendAnswer } from './types'

export interface ListQuery {
  account_id?: string
  q?: string
  unread?: boolean
  awaiting?: 'reply'
  window?: string
  failed?: boolean
  sort?: 'closes_at'
}

/** Where in a thread a page is: at its end when nothing is said, behind a cursor, around a message or after one. */
export interface MessagePlace {
  cursor?: string
  around?: Id
  after?: Id
}

export const messagesPerPage = 50

/** A page of a list, and how far the event log had come when it was read; null when the server does not say. */
export interface ListPage<T> extends Page<T> {
  sequence: number | null
}

const sequenceOf = (headers: Headers): number | null => (headers.has('Event-Sequence') ? Number(headers.get('Event-Sequence')) : null)

async function page<T>(
  path: string,
  query: Record<string, string | number | boolean | undefined>,
  signal?: AbortSignal,
): Promise<ListPage<T>> {
  const { data, headers } = await call<Page<T>>('GET', path, { query, signal })
  return { ...data, sequence: sequenceOf(headers) }
}

/** All pages of a short list, one after another. */
async function all<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T[]> {
  const rows: T[] = []
  let cursor: string | null = null
  do {
    const { data }: { data: Page<T> } = await call<Page<T>>('GET', path, { query: { ...query, cursor, limit: 200 } })
    rows.push(...data.data)
    cursor = data.next_cursor
  } while (cursor)
  return rows
}

export const inbox = {
  conversations: (query: ListQuery, cursor: string | null, signal?: AbortSignal) =>
    page<Conversation>('/ui/conversations', { ...query, cursor: cursor ?? undefined, limit: 50 }, signal),
  conversation: async (id: Id, signal?: AbortSignal) => {
    const { data, headers } = await call<Conversation>('GET', `/ui/conversations/${id}`, { signal })
    return { row: data, sequence: sequenceOf(headers) }
  },
  /** Oldest first, as they are read; the server gives them newest first. */
  messages: async (id: Id, place: MessagePlace, signal?: AbortSignal) => {
    const found = await page<Message>(`/ui/conversations/${id}/messages`, { ...place, limit: messagesPerPage }, signal)
    return { ...found, data: found.data.reverse() }
  },
  markRead: (id: Id) => call('POST', `/ui/conversations/${id}/read`),
  markUnread: (id: Id) => call('POST', `/ui/conversations/${id}/unread`),
  typing: (id: Id, on: boolean) => call('POST', `/ui/conversations/${id}/typing`, { body: { on } }),
  present: (id: Id, state: 'viewing' | 'typing' | 'gone') => call('POST', `/ui/conversations/${id}/presence`, { body: { state } }),
  search: async (q: string, account?: Id, signal?: AbortSignal) =>
    (await call<SearchAnswer>('GET', '/ui/search', { query: { q, account_id: account }, signal })).data,
  replies: (account: Id) => all<CannedReply>('/api/v1/canned-replies', { account_id: account }),
  addReply: async (reply: NewReply) => (await call<CannedReply>('POST', '/api/v1/canned-replies', { body: reply })).data,
  changeReply: async (id: Id, change: Partial<NewReply>) =>
    (await call<CannedReply>('PATCH', `/api/v1/canned-replies/${id}`, { body: change })).data,
  removeReply: (id: Id) => call('DELETE', `/api/v1/canned-replies/${id}`),
  counters: () => all<QueueCounts>('/ui/counters'),
  react: (id: Id, on: boolean) =>
    call(on ? 'POST' : 'DELETE', `/api/v1/messages/${id}/reaction`, { body: on ? { reaction: 'love' } : undefined }),
  retry: (id: Id, evenIfItMayDouble: boolean) =>
    call<SendAnswer>('POST', `/api/v1/messages/${id}/retry`, {
      body: { even_if_it_may_double: evenIfItMayDouble },
      headers: { Prefer: 'wait=0' },
    }),
  cancel: (id: Id) => call('DELETE', `/api/v1/messages/${id}`),
  accounts: () => all<Account>('/api/v1/accounts'),
}
