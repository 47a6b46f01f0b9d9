import type { CannedReply } from '../api/types'

/** What is being looked for with a slash: from where it stands to the caret. */
export interface Slash {
  start: number
  end: number
  search: string
}

/** The longest that is looked for: shortcuts are no longer. */
const longest = 40

/**
 * The slash that the caret stands behind: at the beginning or after a space, so that neither an address nor "and/or" asks for a reply. Null
 * when there is none.
 */
export function slashAt(text: string, caret: number): Slash | null {
  const found = /(?:^|\s)\/([^\s/]*)$/u.exec(text.slice(0, caret))
  if (!found || found[1]!.length > longest) return null
  return { start: caret - found[1]!.length - 1, end: caret, search: found[1]! }
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{Mn}/gu, '').toLocaleLowerCase()

/** Those that fit, the best first: its shortcut begins so, has it somewhere, its text has it. */
export function matching(replies: readonly CannedReply[], search: string): CannedReply[] {
  const wanted = plain(search)
  const rank = (reply: CannedReply) => {
    const shortcut = plain(reply.shortcut)
    if (shortcut.startsWith(wanted)) return 0
    if (shortcut.includes(wanted)) return 1
    return plain(reply.text).includes(wanted) ? 2 : 3
  }
  return replies
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter((found) => found.rank < 3)
    .sort((one, other) => one.rank - other.rank || one.reply.shortcut.localeCompare(other.reply.shortcut))
    .map((found) => found.reply)
}

/** What a variable of a saved reply stands for. */
export type Values = Record<string, string | null | undefined>

/** The text with its variables filled in. What is not known stays as it was written: whoever sends it sees that something is missing. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (written, name: string) => values[name]?.trim() || written)
}

/** Whether a text still has a variable that was not filled in. */
export const hasVariable = (text: string): boolean => /\{\{\s*[\w.]+\s*\}\}/.test(text)
