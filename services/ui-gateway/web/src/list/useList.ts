import { computed, onScopeDispose, ref, shallowReactive, watch, type Ref } from 'vue'
import { inbox, type ListQuery } from '../api/inbox'
import { ApiProblem } from '../api/problem'
import type { Conversation, Id } from '../api/types'
import { useLive } from '../live/useLive'
import { useNow } from '../shared/useNow'
import { byQueue, isIn, type Queue } from '../rules/order'
import { useConversations } from '../store/conversations'
import { useCounters } from '../store/counters'

export type ListState = 'loading' | 'ready' | 'more' | 'error'

/** The conversations of a queue: pages of the server and live events in one order. */
export function useList(queue: Ref<Queue>, query: Ref<ListQuery>, open: Ref<Id | null>) {
  const conversations = useConversations()
  const counters = useCounters()
  const live = useLive()
  const now = useNow()
  const ids = shallowReactive(new Set<Id>())
  const state = ref<ListState>('loading')
  const problem = ref<ApiProblem | null>(null)
  let cursor: string | null = null
  let running = new AbortController()

  const isSearch = computed(() => Boolean(query.value.q))
  const belongs = (row: Conversation) =>
    (!query.value.account_id || row.account_id === query.value.account_id) && (isSearch.value || isIn(queue.value, row, now.value))

  const rows = computed(() =>
    [...ids]
      .map((id) => conversations.rows.get(id))
      // The open one stays until it is left, though it is read by now.
      .filter((row): row is Conversation => row !== undefined && (row.id === open.value || belongs(row)))
      .sort(byQueue(isSearch.value ? 'all' : queue.value)),
  )

  async function load(): Promise<void> {
    running.abort()
    running = new AbortController()
    state.value = 'loading'
    await live.ready
    await read(null)
  }

  async function loadMore(): Promise<void> {
    if (state.value !== 'ready' || cursor === null) return
    state.value = 'more'
    await read(cursor)
  }

  async function read(from: string | null): Promise<void> {
    const { signal } = running
    try {
      const page = await inbox.conversations(query.value, from, signal)
      if (signal.aborted) return
      if (from === null) ids.clear()
      for (const row of page.data) {
        conversations.put(row, page.sequence)
        ids.add(row.id)
      }
      cursor = page.next_cursor
      problem.value = null
      state.value = 'ready'
    } catch (error) {
      if (signal.aborted) return
      problem.value = error instanceof ApiProblem ? error : ApiProblem.unreachable()
      state.value = 'error'
    }
  }

  watch([query, () => live.missed], ([now, missed], [before, missedBefore]) => {
    if (missed !== missedBefore || JSON.stringify(now) !== JSON.stringify(before)) void load()
  })
  void load()

  const stop = live.listen((event) => {
    void counters.refresh()
    const row = event.conversation_id ? conversations.rows.get(event.conversation_id) : undefined
    // What a search finds, the server alone knows.
    if (row && !isSearch.value && belongs(row)) ids.add(row.id)
  })
  onScopeDispose(() => {
    stop()
    running.abort()
  })

  return { rows, state, problem, load, loadMore }
}
