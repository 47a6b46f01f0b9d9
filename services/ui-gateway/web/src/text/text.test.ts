import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { compile } from './compile'
import { ar } from './ar'
import { de } from './de'
import { en as first } from './en'
import { later } from './later'
import { arabicForm } from './plurals'

const en = { ...first, ...later }
const flat = (texts: object, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([name, text]) =>
    typeof text === 'string' ? [[`${path}${name}`, text] as [string, string]] : flat(text, `${path}${name}.`),
  )
const places = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
const forms = (text: string) => text.split(' | ').length

describe.each([
  ['German', de, 2],
  ['Arabic', ar, 6],
])('%s', (_, texts, plurals) => {
  const others = new Map(flat(texts))
  const wrong = (is: (text: string, other: string) => boolean) =>
    flat(en)
      .filter(([name, text]) => !is(text, others.get(name) ?? ''))
      .map(([name]) => name)

  it('says everything', () => expect(wrong((_, other) => other.trim() !== '')).toEqual([]))
  it('names what English names', () => expect(wrong((text, other) => places(other).join() === places(text).join())).toEqual([]))
  it('has all its plural forms', () => expect(wrong((text, other) => forms(other) === (forms(text) > 1 ? plurals : 1))).toEqual([]))
})

describe('a number', () => {
  const { global } = createI18n({
    legacy: false,
    locale: 'ar',
    messages: { ar, en, de },
    pluralRules: { ar: arabicForm },
    messageCompiler: (sentence) => compile(sentence as string),
  })
  it.each([
    [1, 'رسالة جديدة'],
    [2, 'رسالتان جديدتان'],
    [5, '5 رسائل جديدة'],
    [11, '11 رسالة جديدة'],
    [100, '100 رسالة جديدة'],
  ])('%s takes its own Arabic form', (count, words) => expect(global.t('thread.new', count)).toBe(words))
  it.each([
    [0, '0 unread messages'],
    [1, '1 unread message'],
    [7, '7 unread messages'],
  ])('%s takes its own English form', (count, words) => expect(global.t('list.unreadCount', count, { locale: 'en' })).toBe(words))
  it('and a name stand where they are named', () => {
    expect(global.t('window.humanLine', { name: '{time} | $&', time: 'x' }, { locale: 'en' })).toBe(
      'Only a person may answer {time} | $&, till x. Automation and reactions are over.',
    )
  })
})
