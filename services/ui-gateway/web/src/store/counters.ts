import { useDebounceFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { call } from '../api/call'
import type { Id } from '../api/types'
import type { Queue } from '../rules/order'

interface Counts {
  account_id: Id
  needs_reply: number
  closing: number
  unread: number
}

/** As far as the server counts. */
export const mostCounted = 300

/** How many wait in each queue: the server's numbers alone. Asked for once, and again a moment after something happened. */
export const useCounters = defineStore('counters', () => {
  const counts = shallowRef<Counts[] | null>(null)

  async function load(): Promise<void> {
    try {
      counts.value = (await call<{ data: Counts[] }>('GET', '/ui/counters')).data.data
    } catch {
      // The former numbers stay.
    }
  }

  const refresh = useDebounceFn(load, 1_500, { maxWait: 5_000 })
  /** How many, as far as the server counts for each account: there may be more than 300. Null when it is not known. */
  function of(queue: Queue, account: Id | null): number | null {
    if (!counts.value || queue === 'all') return null
    const name = { reply: 'needs_reply', closing: 'closing', unread: 'unread' }[queue] as 'needs_reply' | 'closing' | 'unread'
    return counts.value.filter((row) => !account || row.account_id === account).reduce((sum, row) => sum + row[name], 0)
  }

  return { load, refresh, of }
})
