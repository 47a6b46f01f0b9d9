import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import './styles.css'
import { i18n, startLanguage } from './text'

// After a deploy the parts that this page has not loaded yet are gone: it is loaded anew once, and drafts and outbox are kept.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('im:reloaded') ?? 0)
  if (Date.now() - last < 60_000) return
  event.preventDefault()
  sessionStorage.setItem('im:reloaded', String(Date.now()))
  location.reload()
})

await startLanguage()
createApp(App).use(createPinia()).use(router).use(i18n).mount('#app')
