import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { precompress } from './precompress.ts'

// Where `npm run dev` finds the product.
const product = process.env.PRODUCT ?? 'http://localhost:8080'

/** What every view needs of this page, by its path below src. */
const base = [
  'api/(?!upload)',
  'live/(?!chime|useSound|useNotices|attention)',
  'store/(?!replies)',
  'shell/demo',
  'text/(?:index|en|format|compile|plurals)',
  'rules/(?:order|window|name|preview|merge|days|bytes)',
]

export default defineConfig({
  plugins: [vue(), tailwindcss(), precompress()],
  // What nothing here uses stays out of the bundle: the older API of components, and of vue-i18n its older API, dev tools and compiler.
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: true,
  },
  build: {
    outDir: '../wwwroot',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be data: addresses, which the policy allows for pictures alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What every view needs in two files: many small ones compress worse.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules\/(?:@?vue|@vueuse|@intlify|pinia|virtua)/ },
            { name: 'base', test: new RegExp(`src/(?:${base.join('|')})`) },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/ui', '/media', '/docs', '/openapi'].map((path) => [path, product])),
  },
  // A test of a component asks for a page of its own: making one takes longer than most tests.
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
