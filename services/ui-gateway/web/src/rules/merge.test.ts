import { describe, expect, it } from 'vitest'
import { bubbleKey, keyOf, later, merge } from './merge'
import { message } from './sample'

describe('the row of a message', () => {
  it('keeps the key of the bubble that it was written as', () => {
    expect(keyOf(message({ id: 'msg_9', direction: 'outbound', metadata: { [bubbleKey]: 'b1' } }))).toBe('b1')
  })
  it('is its own when a client of the API gave it other data, and always for a customer', () => {
    expect(keyOf(message({ id: 'msg_9', direction: 'outbound', metadata: { order: 7 } }))).toBe('msg_9')
    expect(keyOf(message({ id: 'msg_9', metadata: { [bubbleKey]: 'b1' } }))).toBe('msg_9')
  })
})

describe('live and paged messages', () => {
  const one = message({ id: 'msg_1', sent_at: '2026-03-10T12:00:00.000Z' })
  const two = message({ id: 'msg_2', sent_at: '2026-03-10T12:00:01.000Z' })

  it('are one row each, in order, whichever comes first', () => {
    expect(merge([two], [one]).map((row) => row.id)).toEqual(['msg_1', 'msg_2'])
    expect(merge([one, two], [{ ...one, text: 'edited' }]).map((row) => row.text)).toEqual(['edited', 'hello'])
  })
  it('lose the one that turned out to be another', () => {
    expect(merge([one], [two], 'msg_1').map((row) => row.id)).toEqual(['msg_2'])
  })
  it('of one moment stand as they came, those of an older page before', () => {
    const twin = { ...one, id: 'msg_0' }
    expect(merge([one], [twin]).map((row) => row.id)).toEqual(['msg_1', 'msg_0'])
    expect(merge([one, twin], [{ ...one, text: 'edited' }]).map((row) => row.id)).toEqual(['msg_1', 'msg_0'])
    expect(merge([one], [twin], undefined, true).map((row) => row.id)).toEqual(['msg_0', 'msg_1'])
  })
})

describe('of two versions', () => {
  const sent = message({ direction: 'outbound', status: 'sent' })
  it('what is sent is not pending again', () => expect(later(sent, { ...sent, status: 'pending' })).toBe(sent))
  it('what is sent is read in the end', () => expect(later(sent, { ...sent, status: 'read' }).status).toBe('read'))
  it('what failed may be pending again', () => {
    expect(later({ ...sent, status: 'failed' }, { ...sent, status: 'pending' }).status).toBe('pending')
  })
  it('what was taken back stays so', () => {
    const gone = message({ kind: 'deleted', text: null, deleted_at: '2026-03-10T12:00:02.000Z' })
    expect(later(gone, message())).toBe(gone)
  })
})
