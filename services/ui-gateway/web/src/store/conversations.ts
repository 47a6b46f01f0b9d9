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
  /** Up to which event of the log each row is known to be true. */
  const asOf = new Map<Id, number>()

  /** Whether an event tells more of a row than what is known: a page may have been read after it happened, and come before it. */
  const isNews = (id: Id, sequence: number | null): boolean => sequence === null || sequence > (asOf.get(id) ?? -1)

  function note(id: Id, sequence: number | null): void {
    if (sequence !== null && isNews(id, sequence)) asOf.set(id, sequence)
  }

  /**
   * Takes a row of a page that was read at a place of the log; null when the server did not say. One that is older than what is known is
   * left.
   */
  function put(row: Conversation, sequence: number | null = null): void {
    if (sequence !== null && rows.has(row.id) && sequence < (asOf.get(row.id) ?? -1)) return
    note(row.id, sequence)
    rows.set(row.id, row)
  }

  /** Changes a row that is known. Returns whether it is. */
  function change(id: Id, how: (row: Conversation) => Conversation): boolean {
    const row = rows.get(id)
    if (!row) return false
    rows.set(id, how(row))
    return true
  }

  /** Asks the server for one conversation; whoever asks meanwhile gets the same answer. Null when there is none (for this user). */
  function load(id: Id): Promise<Conversation | null> {
    const running = asked.get(id)
    if (running) return running
    const answer = inbox
      .conversation(id)
      .then(({ row, sequence }) => {
        put(row, sequence)
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

  return { rows, accounts, isNews, note, put, change, load, loadAccounts, accountOf }
})
