export interface Frame {
  id: string | null
  data: string
}

/**
 * Takes a server-sent stream apart as its bytes come. Returns the frames that have ended; one without data only says where the stream
 * stands.
 */
export function sseReader(): (chunk: string) => Frame[] {
  let rest = ''
  let id: string | null = null
  let data: string[] = []
  return (chunk) => {
    const frames: Frame[] = []
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
      if (line === '') {
        if (id !== null || data.length > 0) frames.push({ id, data: data.join('\n') })
        id = null
        data = []
      } else if (line.startsWith('id:')) id = value(line, 3)
      else if (line.startsWith('data:')) data.push(value(line, 5))
    }
    return frames
  }
}

const value = (line: string, from: number): string => (line[from] === ' ' ? line.slice(from + 1) : line.slice(from))
