import { call } from './call'
import type { Account, Conversation, Id, Message, Page, SearchAnswer, SendAnswer } from './types'

export interface ListQuery {
  account_id?: string
  q?: string
  unread?: boolean
  awaiting?: 'reply'
  window?: string
  failed?: boolean
  sort?: 'closes_at'
}

/** A page of a list, and how far the event log had come when it was read; null when the server does not say. */
export interface ListPage<T> extends Page<T> {
  sequence: number | null
}

async function page<T>(path: string, query: Record<string, string | number | boolean | undefined>, signal?: AbortSignal): Promise<ListPage<T>> {
  const { data, headers } = await call<Page<T>>('GET', path, { query, signal })
  const sequence = headers.get('Event-Sequence')
  return { ...data, sequence: sequence === null ? null : Number(sequence) }
}

export const inbox = {
  conversations: (query: ListQuery, cursor: string | null, signal?: AbortSignal) =>
    page<Conversation>('/ui/conversations', { ...query, cursor: cursor ?? undefined, limit: 50 }, signal),
  conversation: async (id: Id, signal?: AbortSignal) => (await call<Conversation>('GET', `/ui/conversations/${id}`, { signal })).data,
  messages: (id: Id, cursor: string | null, signal?: AbortSignal) =>
    page<Message>(`/ui/conversations/${id}/messages`, { cursor: cursor ?? undefined, limit: 50 }, signal),
  markRead: (id: Id) => call('POST', `/ui/conversations/${id}/read`),
  markUnread: (id: Id) => call('POST', `/ui/conversations/${id}/unread`),
  typing: (id: Id, on: boolean) => call('POST', `/ui/conversations/${id}/typing`, { body: { on } }),
  present: (id: Id, state: 'viewing' | 'typing' | 'gone') => call('POST', `/ui/conversations/${id}/presence`, { body: { state } }),
  search: async (q: string, account?: Id, signal?: AbortSignal) =>
    (await call<SearchAnswer>('GET', '/ui/search', { query: { q, account_id: account }, signal })).data,
  react: (id: Id, on: boolean) =>
    call(on ? 'POST' : 'DELETE', `/api/v1/messages/${id}/reaction`, { body: on ? { reaction: 'love' } : undefined }),
  retry: (id: Id, evenIfItMayDouble: boolean) =>
    call<SendAnswer>('POST', `/api/v1/messages/${id}/retry`, { body: { even_if_it_may_double: evenIfItMayDouble }, headers: { Prefer: 'wait=0' } }),
  cancel: (id: Id) => call('DELETE', `/api/v1/messages/${id}`),
  accounts: async () => {
    const accounts: Account[] = []
    let cursor: string | null = null
    do {
      const { data }: { data: Page<Account> } = await call<Page<Account>>('GET', '/api/v1/accounts', { query: { cursor, limit: 200 } })
      accounts.push(...data.data)
      cursor = data.next_cursor
    } while (cursor)
    return accounts
  },
}
