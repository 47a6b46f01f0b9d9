import { defineStore } from 'pinia'
import { shallowReactive, shallowRef } from 'vue'
import { inbox } from '../api/inbox'
import type { Account, Conversation, Id } from '../api/types'

/**
 * Every conversation that was seen, by its id: pages of the list and live events meet here, and a row is one object wherever it is shown.
 * A row is replaced, never changed.
 */
export const useConversations = defineStore('conversations', () => {
  const rows = shallowReactive(new Map<Id, Conversation>())
  const accounts = shallowRef<Account[]>([])
  const asked = new Map<Id, Promise<Conversation | null>>()

  const put = (row: Conversation) => void rows.set(row.id, row)

  /** Changes a row that is known. Returns whether it is. */
  function change(id: Id, how: (row: Conversation) => Conversation): boolean {
    const row = rows.get(id)
    if (!row) return false
    rows.set(id, how(row))
    return true
  }

  /** Asks the server for one conversation; who asks meanwhile gets the same answer. Null when there is none (for this user). */
  function load(id: Id): Promise<Conversation | null> {
    const running = asked.get(id)
    if (running) return running
    const answer = inbox
      .conversation(id)
      .then((row) => {
        put(row)
        return row
      })
      .catch(() => null)
      .finally(() => asked.delete(id))
    asked.set(id, answer)
    return answer
  }

  async function loadAccounts(): Promise<void> {
    accounts.value = await inbox.accounts()
  }

  const accountOf = (id: Id) => accounts.value.find((account) => account.id === id)

  return { rows, accounts, put, change, load, loadAccounts, accountOf }
})
