export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string }

const candidate = /\b(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^]+/giu
// Sentence signs at its end belong to the sentence; a bracket that the address itself opens stays.
const trailing = /[.,;:!?…'"»”’)\]]+$/u

/** Takes a text apart into text and links. Only http and https are links, and never what looks like one to a reader and goes elsewhere. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = []
  let at = 0
  for (const match of text.matchAll(candidate)) {
    const shown = trimmed(match[0])
    const href = hrefOf(shown)
    if (!href) continue
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) })
    parts.push({ kind: 'link', text: shown, href })
    at = match.index + shown.length
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) })
  return parts
}

/** An address that may be opened, as the browser would go there; null for every other. */
export function hrefOf(address: string | null | undefined): string | null {
  // Browsers drop control characters, so that what is checked and what is opened would differ.
  if (!address || /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(address)) return null
  try {
    const url = new URL(address.startsWith('www.') ? `https://${address}` : address)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
    return url.username || url.password ? null : url.href
  } catch {
    return null
  }
}

function trimmed(found: string): string {
  let text = found
  for (;;) {
    const end = trailing.exec(text)?.[0]
    if (!end) return text
    const last = text.at(-1)
    if ((last === ')' && text.includes('(')) || (last === ']' && text.includes('['))) return text
    text = text.slice(0, -1)
  }
}
