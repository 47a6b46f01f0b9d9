import type { Contact } from '../api/types'

/** What a contact is called in a row; the end of the id when Instagram has not told a name. */
export function nameOf(contact: Contact): string {
  return contact.username || contact.name || `…${contact.id.slice(-4)}`
}

/** Up to two letters for a contact without a picture. */
export function initialsOf(contact: Contact): string {
  const words = (contact.name || contact.username || contact.id.slice(-2)).split(/[\s._-]+/u).filter(Boolean)
  const letters = words.length > 1 ? [firstOf(words[0]!), firstOf(words[1]!)] : [...(words[0] ?? '')].slice(0, 2)
  return letters.join('').toLocaleUpperCase()
}

/** One of eight colours behind the letters, always the same for one contact. */
export function hueOf(id: string): number {
  let sum = 0
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 8191
  return sum % 8
}

const firstOf = (word: string): string => [...word][0] ?? ''
