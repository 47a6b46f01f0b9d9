import { createRouter, createWebHistory } from 'vue-router'

const nothing = { render: () => null }

// One page shows them all: the shell reads the address.
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: (to) => ({ name: 'inbox', query: to.query, hash: to.hash }) },
    { path: '/inbox', name: 'inbox', component: nothing },
    { path: '/inbox/:id', name: 'thread', component: nothing },
    { path: '/:rest(.*)*', redirect: { name: 'inbox' } },
  ],
})
