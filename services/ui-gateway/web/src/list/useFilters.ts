import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { ListQuery } from '../api/inbox'
import { queues, type Queue } from '../rules/order'

/** What the list shows, kept in the address: it survives a reload, can be sent to a colleague, and Back undoes it. */
export function useFilters() {
  const route = useRoute()
  const router = useRouter()

  const word = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : '')
  const queue = computed<Queue>(() => queues.find((name) => name === word('queue')) ?? queues[0]!)
  const account = computed(() => word('account') || null)
  const search = computed(() => word('q'))

  const query = computed<ListQuery>(() => ({
    account_id: account.value ?? undefined,
    q: search.value.trim() || undefined,
    ...(search.value.trim() ? {} : queryOf(queue.value)),
  }))

  /** Changes some of it; what is left empty is not in the address. */
  function set(change: { queue?: Queue; account?: string | null; q?: string }, replace = false): void {
    const merged = { ...route.query, ...change }
    const named = Object.fromEntries(Object.entries(merged).filter(([, value]) => value))
    void router[replace ? 'replace' : 'push']({ name: route.name!, params: route.params, query: named })
  }

  return { queue, account, search, query, set }
}

function queryOf(queue: Queue): ListQuery {
  switch (queue) {
    case 'reply':
      return { awaiting: 'reply' }
    case 'closing':
      return { awaiting: 'reply', window: 'closing', sort: 'closes_at' }
    case 'unread':
      return { unread: true }
    case 'failed':
      return { failed: true }
    case 'all':
      return {}
  }
}
