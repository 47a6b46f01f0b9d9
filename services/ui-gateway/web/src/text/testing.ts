import { createI18n } from 'vue-i18n'
import { compile } from './compile'
import { en } from './en'
import { later } from './later'

/** English for tests of components. */
export const createTestingI18n = () =>
  createI18n({
    legacy: false,
    locale: 'en',
    messages: { en: { ...en, ...later } },
    messageCompiler: (sentence) => compile(sentence as string),
  })
