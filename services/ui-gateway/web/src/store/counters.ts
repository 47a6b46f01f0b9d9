import { useDebounceFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { inbox } from '../api/inbox'
import type { Id, QueueCounts } from '../api/types'
import { queues, type Queue } from '../rules/order'

/** As far as the server counts. */
export const mostCounted = 300

/** How many wait in each queue: the server's numbers alone. Asked for once, and again a moment after something happened. */
export const useCounters = defineStore('counters', () => {
  const counts = shallowRef<QueueCounts[] | null>(null)

  /** Whether they were asked for: what stands beside them moves when they come, and is shown after that. */
  const isAsked = ref(false)

  async function load(): Promise<void> {
    try {
      counts.value = await inbox.counters()
    } catch {
      // The former numbers stay.
    }
    isAsked.value = true
  }

  const refresh = useDebounceFn(load, 1_500, { maxWait: 5_000 })
  /** How many, as far as the server counts for each account: there may be more than 300. Null when it is not known. */
  function of(queue: Queue, account: Id | null): number | null {
    if (!counts.value || queue === 'all') return null
    const name = ({ reply: 'needs_reply', closing: 'closing', unread: 'unread', failed: 'failed' } as const)[queue]
    return counts.value.filter((row) => !account || row.account_id === account).reduce((sum, row) => sum + row[name], 0)
  }

  /** The queues that there are: what was not sent is one only while there is any, or while one looks at it. */
  const shown = (open: Queue | null, account: Id | null): Queue[] =>
    queues.filter((queue) => queue !== 'failed' || queue === open || Boolean(of(queue, account)))

  return { load, refresh, of, shown, isAsked }
})
