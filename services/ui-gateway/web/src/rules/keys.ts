export interface Press {
  key: string
  keyCode?: number
  ctrlKey?: boolean
  metaKey?: boolean
  altKey?: boolean
  shiftKey?: boolean
  isComposing?: boolean
  /** Whether the focus is where one writes. */
  inField?: boolean
}

export type Command = 'next' | 'previous' | 'reply' | 'unread' | 'search' | 'help' | 'panel' | 'leave' | 'palette'

const letters: Record<string, Command> = {
  j: 'next', k: 'previous', r: 'reply', u: 'unread', '/': 'search', '?': 'help', i: 'panel', Escape: 'leave',
}

/**
 * What a key means. Letters count only outside of fields and alone: with Alt they write ą or @ on some keyboards, with Ctrl or ⌘ they are
 * the browser's. Shift alone is how some keyboards write ? and /. Ctrl or ⌘ with K opens the palette everywhere. Letters can be switched off.
 */
export function commandOf(press: Press, withLetters = true): Command | null {
  if (press.isComposing || press.keyCode === 229 || press.altKey) return null
  if (press.ctrlKey !== press.metaKey && (press.ctrlKey || press.metaKey)) return press.key.toLowerCase() === 'k' && !press.shiftKey ? 'palette' : null
  if (press.ctrlKey || press.metaKey) return null
  if (press.inField) return press.key === 'Escape' ? 'leave' : null
  return withLetters || press.key === 'Escape' ? (letters[press.key] ?? null) : null
}

/** Whether Enter sends. One that confirms what an input method offers does not, and on a phone it begins a line. */
export function sends(press: Press, byEnter: boolean): boolean {
  if (press.key !== 'Enter' || press.isComposing || press.keyCode === 229) return false
  if (press.ctrlKey || press.metaKey) return true
  return byEnter && !press.shiftKey && !press.altKey
}
