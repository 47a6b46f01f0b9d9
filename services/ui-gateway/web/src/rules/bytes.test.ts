import { describe, expect, it } from 'vitest'
import { byteCount, mostBytes, split } from './bytes'

describe('bytes of a text', () => {
  it.each([
    ['abc', 3],
    ['é', 2],
    ['👍', 4],
    ['👨‍👩‍👧', 18],
    ['مرحبا', 10],
  ])('%s has %s', (text, bytes) => expect(byteCount(text)).toBe(bytes))
})

describe('a text that is too long', () => {
  it('that fits stays whole', () => expect(split('a'.repeat(1000))).toEqual(['a'.repeat(1000)]))

  it('of nothing is nothing', () => expect(split('  \n ')).toEqual([]))

  it('is cut between words, and none is lost', () => {
    const words = Array.from({ length: 400 }, (_, index) => `word${index}`)
    const parts = split(words.join(' '))
    expect(parts.length).toBeGreaterThan(2)
    expect(parts.every((part) => byteCount(part) <= mostBytes)).toBe(true)
    expect(parts.join(' ').split(' ')).toEqual(words)
  })

  it('is never cut inside a family of four', () => {
    const family = '👨‍👩‍👧‍👦'
    const parts = split(family.repeat(100))
    expect(parts.length).toBeGreaterThan(2)
    for (const part of parts) expect(part.replaceAll(family, '')).toBe('')
    expect(parts.join('')).toBe(family.repeat(100))
  })

  it('without a space is cut where it must be', () => expect(split('x'.repeat(2500)).map((part) => part.length)).toEqual([1000, 1000, 500]))

  it('of one endless character ends', () => expect(split('e' + '\u0301'.repeat(3000)).join('').length).toBe(3001))
})
