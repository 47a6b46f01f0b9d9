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

export type Command =
  | 'next' | 'previous' | 'reply' | 'unread' | 'search' | 'help' | 'panel' | 'list' | 'leave' | 'palette' | 'emoji'
  | 'goReply' | 'goClosing' | 'goUnread' | 'goAll'

const letters: Record<string, Command> = {
  j: 'next', k: 'previous', r: 'reply', u: 'unread', '/': 'search', '?': 'help', i: 'panel', ']': 'panel', '[': 'list', Escape: 'leave',
}

/** What a letter means when G was pressed before it. */
const behindG: Record<string, Command> = { i: 'goReply', r: 'goReply', c: 'goClosing', u: 'goUnread', a: 'goAll' }

const withControl: Record<string, Command> = { k: 'palette', 'shift e': 'emoji' }

/**
 * What a key means. Letters count only outside of fields and alone: with Alt they write ą or @ on some keyboards, with Ctrl or ⌘ they are
 * the browser's. Shift alone is how some keyboards write ? and /. Ctrl or ⌘ with K opens the palette everywhere, with Shift and E the
 * emoji. Letters can be switched off. `isBehindG`: whether G was pressed just before.
 */
export function commandOf(press: Press, withLetters = true, isBehindG = false): Command | null {
  if (press.isComposing || press.keyCode === 229 || press.altKey) return null
  if (press.ctrlKey !== press.metaKey && (press.ctrlKey || press.metaKey))
    return withControl[`${press.shiftKey ? 'shift ' : ''}${press.key.toLowerCase()}`] ?? null
  if (press.ctrlKey || press.metaKey) return null
  if (press.inField) return press.key === 'Escape' ? 'leave' : null
  if (!withLetters) return press.key === 'Escape' ? 'leave' : null
  return (isBehindG ? behindG[press.key] : undefined) ?? letters[press.key] ?? null
}

/** Whether Enter sends. One that confirms what an input method offers does not, and on a phone it begins a line. */
export function sends(press: Press, byEnter: boolean): boolean {
  if (press.key !== 'Enter' || press.isComposing || press.keyCode === 229) return false
  if (press.ctrlKey || press.metaKey) return true
  return byEnter && !press.shiftKey && !press.altKey
}
