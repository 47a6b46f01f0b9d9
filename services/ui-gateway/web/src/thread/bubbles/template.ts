import { hrefOf } from '../../rules/links'

export interface Card {
  title: string
  subtitle: string
  buttons: { title: string; href: string | null }[]
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The cards of a template, however whoever sent it nested them: ours as they were asked for, others' as Meta echoes them. */
export function cardsOf(template: unknown): Card[] {
  if (!isObject(template)) return []
  const inner = isObject(template.payload) ? template.payload : isObject(template.generic) ? template.generic : template
  const elements = list(inner.elements)
  return (elements.length > 0 ? elements : [inner]).map(cardOf).filter((card) => card.title || card.subtitle || card.buttons.length > 0)
}

const cardOf = (element: Json): Card => ({
  title: text(element.title) || text(element.text),
  subtitle: text(element.subtitle),
  buttons: list(element.buttons)
    .map((button) => ({ title: text(button.title), href: hrefOf(text(button.url)) }))
    .filter((button) => button.title),
})
