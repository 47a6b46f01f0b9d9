// Says what Redocly finds wrong in an OpenAPI document, a line for each; nothing when it finds nothing.
// node lint-openapi.mjs <services/ui-gateway/web, whose packages it takes> <document>
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [folder, document] = process.argv.slice(2)
const { createConfig, lintFromString } = createRequire(`${folder}/package.json`)('@redocly/openapi-core')
// The product has no licence of its own to name.
const config = await createConfig({ extends: ['recommended-strict'], rules: { 'info-license': 'off' } })
for (const found of await lintFromString({ source: readFileSync(document, 'utf8'), config })) {
  console.log(`${found.ruleId}: ${found.message} ${found.location[0]?.pointer ?? ''}`)
}
