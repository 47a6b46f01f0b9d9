import { useDebounceFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useNow } from '../shared/useNow'
import { useConversations } from '../store/conversations'
import { useOutbox } from '../store/outbox'
import { usePresence } from '../store/presence'
import { useSession } from '../store/session'
import { useThreads } from '../store/threads'
import type { InboxEvent } from '../api/types'
import { applyEvent } from './apply'
import type { LiveState } from './stream'
import { followLive } from './tabs'

/** How long the first look into the list waits for the stream, so that nothing can happen between the two. */
const startPatience = 1_000

/** How long a break may last before anybody is told: most end before one would have read the words. */
const patience = 3_000

/** After a break of this length what is shown is read anew, whatever is replayed. */
const longBreak = 3_600_000

/** The live stream of this tab: what it hears goes into the stores, and to whoever listens. */
export const useLive = defineStore('live', () => {
  const session = useSession()
  const stores = { conversations: useConversations(), threads: useThreads(), outbox: useOutbox() }
  const presence = usePresence()
  const state = ref<LiveState>('connecting')
  const since = ref(0)
  const listeners = new Set<(event: InboxEvent) => void>()
  const now = useNow(1_000)
  /** Goes up when what is shown was read before the stream began, and has to be read again. */
  const missed = ref(0)
  const caughtUpAt = ref(-Infinity)
  let isCatchingUp = false
  let stop: (() => void) | null = null
  let begun: () => void = () => undefined
  const ready = ref<Promise<void>>(new Promise(() => undefined))

  function start(): void {
    stop?.()
    since.value = Date.now()
    let isWaiting = true
    let isFirst = true
    ready.value = new Promise((resolve) => (begun = resolve))
    setTimeout(() => {
      isWaiting = false
      begun()
    }, startPatience)
    stop = followLive(session.userId!, {
      onEvent: (event, leads) => {
        if (leads && event.type === 'message.received')
          void import('./attention').then(({ attend }) => attend(event)).catch(() => undefined)
        quiet()
        presence.hear(event)
        applyEvent(event, stores)
        for (const listener of listeners) listener(event)
      },
      onState: (next) => {
        const was = { state: state.value, since: since.value }
        if (next !== state.value) since.value = Date.now()
        state.value = next
        if (next !== 'live') return
        if (!isFirst && was.state !== 'live') resumed(Date.now() - was.since)
        if (!isFirst) return
        isFirst = false
        begun()
        if (!isWaiting) missed.value++
      },
      whenSignedIn: session.whenIn,
    })
  }

  /** After a break: what was missed is told first, then it is said that nothing is missing. */
  function resumed(milliseconds: number): void {
    // The log is kept for days, not for ever, and a log that was restored goes on elsewhere.
    if (milliseconds > longBreak) missed.value++
    if (milliseconds < patience) return
    isCatchingUp = true
    quiet()
  }

  const quiet = useDebounceFn(() => {
    if (!isCatchingUp) return
    isCatchingUp = false
    caughtUpAt.value = Date.now()
  }, 500)

  function listen(listener: (event: InboxEvent) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const isLate = computed(() => state.value === 'connecting' && now.value - since.value > patience)
  /** For a moment after everything that was missed is here. */
  const isCaughtUp = computed(() => state.value === 'live' && now.value - caughtUpAt.value < 2_000)
  return { state, isLate, isCaughtUp, missed, ready, start, listen }
})
