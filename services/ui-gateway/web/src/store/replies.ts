import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { inbox } from '../api/inbox'
import type { CannedReply, Id, NewReply } from '../api/types'

/** How long a list is taken as it is: a colleague may have written another one. */
const fresh = 60_000

/** The saved replies of each account, those for all accounts with them. */
export const useReplies = defineStore('replies', () => {
  const lists = shallowRef(new Map<Id, { rows: CannedReply[]; at: number }>())

  /** Throws ApiProblem when they cannot be read; what was read before stays. */
  async function load(account: Id, anew = false): Promise<void> {
    const known = lists.value.get(account)
    if (known && !anew && Date.now() - known.at < fresh) return
    const rows = await inbox.replies(account)
    lists.value = new Map(lists.value).set(account, { rows, at: Date.now() })
  }

  const of = (account: Id): CannedReply[] => lists.value.get(account)?.rows ?? []

  async function save(account: Id, id: Id | null, reply: NewReply): Promise<void> {
    if (id) await inbox.changeReply(id, reply)
    else await inbox.addReply(reply)
    await load(account, true)
  }

  async function remove(account: Id, id: Id): Promise<void> {
    await inbox.removeReply(id)
    await load(account, true)
  }

  return { of, load, save, remove }
})
