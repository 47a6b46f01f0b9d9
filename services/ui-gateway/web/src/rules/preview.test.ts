import { describe, expect, it } from 'vitest'
import { kinds, previewOf } from './preview'
import { message } from './sample'
import { en } from '../text/en'

describe('one line for a message', () => {
  it.each([...kinds, 'x_new'])('of kind %s says something', (kind) => {
    const preview = previewOf(message({ kind, text: null }))
    const names = en.kind as Record<string, string>
    expect('key' in preview ? names[preview.key.replace('kind.', '')] : preview.text).toBeTruthy()
  })
  it('is its text on one line', () => expect(previewOf(message({ text: 'a\n\n b' }))).toEqual({ text: 'a b' }))
  it('says nothing of what was taken back', () =>
    expect(previewOf(message({ kind: 'deleted', text: 'secret' }))).toEqual({ key: 'kind.deleted' }))
})
