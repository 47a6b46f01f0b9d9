import { computed, ref, watch, type Ref } from 'vue'
import type { Conversation, Message } from '../api/types'
import { byteCount, mostBytes, shownFrom, split } from '../rules/bytes'
import { faultOf, type FileFault } from '../rules/files'
import { overtakenBy } from '../rules/overtaken'
import { timeLeft } from '../rules/window'
import { useNow } from '../shared/useNow'
import { useDrafts } from '../store/drafts'
import { newKey, useOutbox } from '../store/outbox'
import { useThreads } from '../store/threads'

/** What is being written to one conversation, and sending it. */
export function useComposer(conversation: Ref<Conversation>) {
  const drafts = useDrafts()
  const outbox = useOutbox()
  const threads = useThreads()
  const now = useNow()
  const id = conversation.value.id

  const draft = computed(() => drafts.of(id))
  const text = computed({ get: () => draft.value.text, set: (text) => drafts.set(id, { ...draft.value, text }) })

  // Since when something stands in the field; a draft that was left counts from when it is seen again.
  const since = ref<string | null>(text.value.trim() ? new Date().toISOString() : null)
  watch(
    () => text.value.trim() !== '' || draft.value.files.length > 0,
    (isBegun) => (since.value = isBegun ? new Date().toISOString() : null),
  )
  /** Set when somebody else answered meanwhile, until one has decided. */
  const overtaken = ref<Message | null>(null)

  const left = computed(() => timeLeft(conversation.value.window, now.value))
  /** Nobody has written yet, as far as is known here: Instagram is left to judge. */
  const isClosed = computed(() => left.value.kind === 'closed' && conversation.value.window.closes_at !== null)
  const bytes = computed(() => byteCount(text.value.trim()))
  const parts = computed(() => (bytes.value > mostBytes ? split(text.value) : []))
  const bytesLeft = computed(() => (bytes.value >= shownFrom && parts.value.length === 0 ? mostBytes - bytes.value : null))
  const canSend = computed(() => !isClosed.value && (text.value.trim() !== '' || draft.value.files.length > 0))

  /** Adds files that Instagram takes, and says of each other why it is not. */
  function addFiles(files: Iterable<File>): { name: string; fault: FileFault }[] {
    const faults: { name: string; fault: FileFault }[] = []
    const taken = [...draft.value.files]
    for (const file of files) {
      const fault = faultOf(file, taken.length)
      if (fault) faults.push({ name: file.name, fault })
      else taken.push(file)
    }
    drafts.set(id, { ...draft.value, files: taken })
    return faults
  }

  const removeFile = (file: File) => drafts.set(id, { ...draft.value, files: draft.value.files.filter((other) => other !== file) })
  const unquote = () => drafts.set(id, { ...draft.value, quoted: null })

  /** Sends, unless a colleague has answered since one began to write: then the writer decides first. */
  function trySend(): boolean {
    overtaken.value = canSend.value ? overtakenBy(threads.get(id).messages, since.value, outbox.own) : null
    return overtaken.value === null && send()
  }

  /**
   * Hands everything over to the outbox: from one moment to the next it is there and no more here. `at`: when it shall go (Unix ms); what
   * is several messages then goes a second apart, in order.
   */
  function send(at: number | null = null): boolean {
    if (!canSend.value) return false
    overtaken.value = null
    const { files, quoted } = draft.value
    const base = { conversationId: id, accountId: conversation.value.account_id, recipientId: conversation.value.contact.id }
    const contents = [...files.map((file) => ({ file, text: null })), ...split(text.value).map((part) => ({ file: null, text: part }))]
    outbox.add(
      contents.map((content, index) => ({
        ...base,
        ...content,
        key: newKey(),
        scheduleAt: at === null ? null : new Date(at + index * 1_000).toISOString(),
        quoted: index === 0 && quoted ? { id: quoted.id, excerpt: quoted.text, kind: quoted.kind } : null,
      })),
    )
    drafts.set(id, { text: '', quoted: null, files: [] })
    return true
  }

  return { draft, text, left, isClosed, parts, bytesLeft, canSend, addFiles, removeFile, unquote, overtaken, trySend, send }
}
