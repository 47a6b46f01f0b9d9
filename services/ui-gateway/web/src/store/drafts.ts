import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import type { Id, Message } from '../api/types'
import { useSession } from './session'
import { storage } from './storage'

/** What stands in a composer that was not sent. Files are kept while the page is open; texts and quotations survive it. */
export interface Draft {
  text: string
  quoted: Pick<Message, 'id' | 'kind' | 'text' | 'direction'> | null
  files: File[]
}

const empty: Draft = { text: '', quoted: null, files: [] }

export const useDrafts = defineStore('drafts', () => {
  const session = useSession()
  const drafts = shallowReactive(new Map<Id, Draft>())
  const beginning = () => `${session.userId} draft `

  /** Reads what the user left behind. */
  function restore(): void {
    for (const name of storage.names(beginning())) {
      const draft = storage.get<Omit<Draft, 'files'>>(name)
      if (draft?.text || draft?.quoted) drafts.set(name.slice(beginning().length), { ...empty, ...draft })
    }
  }

  const of = (conversation: Id): Draft => drafts.get(conversation) ?? empty
  const isEmpty = (draft: Draft) => draft.text.trim() === '' && !draft.quoted && draft.files.length === 0

  function set(conversation: Id, draft: Draft): void {
    if (isEmpty(draft)) drafts.delete(conversation)
    else drafts.set(conversation, draft)
    storage.set(beginning() + conversation, draft.text.trim() || draft.quoted ? { text: draft.text, quoted: draft.quoted } : null)
  }

  return { of, set, restore }
})
