/** Instagram's limit for one text, in bytes of UTF-8. */
export const mostBytes = 1000
/** From here on the composer shows what is left. */
export const shownFrom = 800

const encoder = new TextEncoder()

export const byteCount = (text: string): number => encoder.encode(text).length

/**
 * Cuts a text into parts that Instagram takes: between lines or words where it can, never inside what a reader sees as one character.
 * A text that fits is one part; an empty one is none.
 */
export function split(text: string, most = mostBytes): string[] {
  const parts: string[] = []
  let rest = text.trim()
  while (byteCount(rest) > most) {
    const cut = cutOf(rest, most)
    parts.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
  }
  if (rest) parts.push(rest)
  return parts.filter((part) => part.length > 0)
}

/** Where a part may end: behind the last space in its second half, else behind the last character that fits. */
function cutOf(text: string, most: number): number {
  let bytes = 0
  let end = 0
  let space = 0
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    bytes += byteCount(segment)
    if (bytes > most) break
    end = index + segment.length
    if (/\s/.test(segment) && bytes > most / 2) space = end
  }
  // One character alone can be longer than a message: it is cut all the same, or nothing would ever be sent.
  return space || end || Math.min(text.length, Math.floor(most / 4))
}
