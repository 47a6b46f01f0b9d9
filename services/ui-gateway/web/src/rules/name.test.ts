import { describe, expect, it } from 'vitest'
import { hueOf, initialsOf, nameOf } from './name'

const contact = (username: string | null, name: string | null) => ({
  id: '2000000004471', username, name, profile_picture_url: null,
  follower_count: null, is_user_follow_business: null, is_business_follow_user: null, is_verified_user: null,
})

describe('a contact', () => {
  it.each([
    ['mara.knits', 'Mara K.', 'mara.knits', 'MK'],
    [null, 'Jo', 'Jo', 'JO'],
    ['tom_w', null, 'tom_w', 'TW'],
    [null, null, '…4471', '71'],
    ['x', '👩‍🎤 Ana', 'x', '👩A'],
  ])('%s, %s is called %s and has the letters %s', (username, name, called, letters) => {
    expect(nameOf(contact(username, name))).toBe(called)
    expect(initialsOf(contact(username, name))).toBe(letters)
  })
  it('has one colour', () => expect(hueOf('2001')).toBe(hueOf('2001')))
})
