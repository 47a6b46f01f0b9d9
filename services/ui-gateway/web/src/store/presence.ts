import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Id, InboxEvent } from '../api/types'
import { useNow } from '../shared/useNow'

export interface Present {
  userId: Id
  name: string
  state: 'viewing' | 'typing'
  /** When they last said so, by the clock of this browser. */
  heard: number
}

/** Whoever was not heard of for this long is gone: somebody whose machine sleeps says nothing more. */
const patience = 60_000

/** Which colleagues look at which conversation. */
export const usePresence = defineStore('presence', () => {
  const now = useNow(5_000)
  const present = shallowRef(new Map<Id, Present[]>())

  function hear(event: InboxEvent): void {
    if (event.type !== 'presence' || !event.conversation_id || !event.user) return
    const { id, username } = event.user
    const others = (present.value.get(event.conversation_id) ?? []).filter((one) => one.userId !== id)
    if (event.state === 'viewing' || event.state === 'typing')
      others.push({ userId: id, name: username ?? '…', state: event.state, heard: Date.now() })
    present.value = new Map(present.value).set(event.conversation_id, others)
  }

  const of = (conversation: Id): Present[] => (present.value.get(conversation) ?? []).filter((one) => now.value - one.heard < patience)
  return { hear, of }
})
