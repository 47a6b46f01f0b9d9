// Before the first paint, so that nobody who works in the dark is blinded: a file, because the policy allows no script in the page.
(function () {
  var wanted = null
  try { wanted = localStorage.getItem('im:theme') } catch { /* storage is switched off */ }
  var dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
