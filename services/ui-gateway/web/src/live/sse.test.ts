import { describe, expect, it } from 'vitest'
import { sseReader } from './sse'

const stream = 'id: 7\n: connected\n\nid: 8\nevent: message.received\ndata: {"a":\ndata: 1}\n\n: heartbeat\n\n'

describe('a server-sent stream', () => {
  it('says where it stands, then what happens; a heartbeat says nothing', () => {
    expect(sseReader()(stream)).toEqual([{ id: '7', data: '' }, { id: '8', data: '{"a":\n1}' }])
  })
  it('may be cut anywhere', () => {
    const read = sseReader()
    expect([...stream].flatMap((character) => read(character))).toEqual(sseReader()(stream))
  })
  it('may end its lines as Windows does', () => expect(sseReader()(stream.replaceAll('\n', '\r\n'))).toEqual(sseReader()(stream)))
})
