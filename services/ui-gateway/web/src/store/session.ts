import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { whenSignedOut } from '../api/call'
import { ApiProblem } from '../api/problem'
import * as api from '../api/session'
import { storage } from './storage'

/** Unknown until the server was asked; expired: the page stays as it is, and whoever it is signs in over it. */
export type Phase = 'unknown' | 'unreachable' | 'out' | 'in' | 'expired'

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('im-session')

export const useSession = defineStore('session', () => {
  const phase = ref<Phase>('unknown')
  const userId = ref<string | null>(null)
  const username = ref(storage.get<string>('username') ?? '')
  let waiting: (() => void)[] = []

  whenSignedOut(() => {
    if (phase.value === 'in') phase.value = 'expired'
    return new Promise((resolve) => waiting.push(resolve))
  })
  channel?.addEventListener('message', ({ data }) => {
    if (data === 'out') location.reload()
    else if (phase.value === 'expired' || phase.value === 'out') void resume()
  })

  async function resume(): Promise<void> {
    try {
      const user = await api.whoIsSignedIn()
      if (user) enter(user)
      else if (phase.value !== 'expired') phase.value = 'out'
    } catch {
      if (phase.value === 'unknown') phase.value = 'unreachable'
    }
  }

  async function signIn(name: string, password: string): Promise<void> {
    enter(await api.signIn(name, password))
    channel?.postMessage('in')
  }

  function enter(user: api.User): void {
    username.value = user.username
    storage.set('username', user.username)
    // Somebody else: nothing of the former user may be seen, not even what only memory holds.
    if (userId.value !== null && userId.value !== user.id) return location.reload()
    userId.value = user.id
    phase.value = 'in'
    const goOn = waiting
    waiting = []
    for (const go of goOn) go()
  }

  /** Revokes the session and forgets everything of the user in this browser, in other tabs too. */
  async function signOut(): Promise<void> {
    await api.signOut()
    for (const name of storage.names(`${userId.value} `)) storage.set(name, null)
    storage.set('username', null)
    channel?.postMessage('out')
    location.assign('/inbox')
  }

  const isIn = computed(() => phase.value === 'in' || phase.value === 'expired')
  const whenIn = () => (phase.value === 'in' ? whoever() : new Promise<void>((resolve) => waiting.push(resolve)))
  const whoever = async () => {
    // The stream was refused while the page thought that it was signed in: ask, and let the user sign in where it is so.
    if (await api.whoIsSignedIn().catch((error: unknown) => (error instanceof ApiProblem ? 'unknown' : null))) return
    phase.value = 'expired'
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  return { phase, userId, username, isIn, resume, signIn, signOut, whenIn }
})
