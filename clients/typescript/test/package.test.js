// What `npm pack` makes is what a CRM installs: it is put into a project of its own, compiled against and run.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, test } from 'node:test'

const own = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'instamessenger-client-'))
after(() => rmSync(folder, { recursive: true }))

test('the package is complete: types, code and nothing else', () => {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: own, encoding: 'utf8' }),
  )
  const files = packed[0].files.map((file) => file.path)
  for (const name of ['dist/index.js', 'dist/index.d.ts', 'dist/schema.d.ts', 'README.md', 'package.json'])
    assert.ok(files.includes(name), name)
  assert.deepEqual(
    files.filter((file) => !/^(dist\/|README\.md$|package\.json$)/.test(file)),
    [],
  )

  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'instamessenger-client'), { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, packed[0].filename), '-C', join(modules, 'instamessenger-client'), '--strip-components=1'])
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers', 'typescript'])
    symlinkSync(join(own, 'node_modules', name), join(modules, name))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})

test('it compiles in a strict project: event data is typed, and what is not there is an error', () => {
  writeFileSync(
    join(folder, 'crm.ts'),
    `import { ApiProblem, InstaMessenger, WebhookVerifier, isEvent, type InboxEvent } from 'instamessenger-client'
     export async function answer(event: InboxEvent, client: InstaMessenger): Promise<string | null | undefined> {
       if (isEvent(event, 'message.received')) return event.data?.message.text
       // @ts-expect-error Its data has no message.
       if (isEvent(event, 'message.read')) return event.data?.message.text
       const { data } = await client.calls.GET('/api/v1/conversations', { params: { query: { limit: 1 } } })
       // @ts-expect-error There is no such path.
       await client.calls.GET('/api/v1/nowhere')
       // @ts-expect-error There is no such member.
       await client.send({ account_id: 'acc_1', recepient_id: '1' })
       return data?.data[0]?.contact.username
     }
     export const verifier = new WebhookVerifier(['whsec_AAAA'])
     export const codeOf = (error: unknown): string | undefined => (error instanceof ApiProblem ? error.code : undefined)
    `,
  )
  execFileSync(
    process.execPath,
    [
      join(own, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2022,dom',
      'crm.ts',
    ],
    { cwd: folder, stdio: 'pipe', encoding: 'utf8' },
  )
})

test('it runs from the package', () => {
  const said = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', "import { WebhookVerifier } from 'instamessenger-client'; console.log(typeof WebhookVerifier)"],
    { cwd: folder, encoding: 'utf8' },
  )
  assert.equal(said.trim(), 'function')
})
