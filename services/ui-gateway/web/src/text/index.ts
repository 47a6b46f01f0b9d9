import { createI18n } from 'vue-i18n'
import { storage } from '../store/storage'
import { compile } from './compile'
import { en, type Texts } from './en'
import { arabicForm } from './plurals'

export const languages = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const
export type Language = keyof typeof languages

const rightToLeft = new Set<Language>(['ar'])
const parts: Record<Exclude<Language, 'en'>, () => Promise<Texts>> = {
  de: async () => (await import('./de')).de,
  ar: async () => (await import('./ar')).ar,
}

export const i18n = createI18n<[Texts], Language, false>({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en } as unknown as Record<Language, Texts>,
  messageCompiler: (sentence) => compile(sentence as string),
  pluralRules: { ar: arabicForm },
  missingWarn: false,
  fallbackWarn: false,
})

const isLanguage = (code: string | null | undefined): code is Language => Boolean(code) && Object.hasOwn(languages, code!)

export async function setLanguage(language: Language): Promise<void> {
  if (language !== 'en') i18n.global.setLocaleMessage(language, await parts[language]())
  i18n.global.locale.value = language
  document.documentElement.lang = language
  document.documentElement.dir = rightToLeft.has(language) ? 'rtl' : 'ltr'
  storage.set('language', language)
}

/** The language that was chosen here, else the first of the browser's that there is. */
export async function startLanguage(): Promise<void> {
  const wanted = [storage.get<string>('language'), ...navigator.languages.map((code) => code.split('-')[0])].find(isLanguage)
  if (wanted && wanted !== 'en') await setLanguage(wanted).catch(() => undefined)
}
