// Takes a picture of every slide of the built decks, all its clicks made: dist/screenshots/LANG[-dark]/NN.png.
// Arguments: --dark, and languages (default: both).

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch, serve, settle } from './browser.js'
import { langs, root, slidesOf } from './deck.js'

const dark = process.argv.includes('--dark')
const asked = langs.filter(lang => process.argv.includes(lang))
const { server, address } = await serve()
const browser = await launch()
for (const lang of asked.length ? asked : langs) {
  const folder = join(root, 'dist/screenshots', dark ? `${lang}-dark` : lang)
  mkdirSync(folder, { recursive: true })
  const page = await browser.newPage({ viewport: { width: 980, height: 552 }, colorScheme: dark ? 'dark' : 'light' })
  const count = (await slidesOf(lang)).length
  for (let number = 1; number <= count; number++) {
    await page.goto(`${address}${lang}/index.html#/${number}?clicks=99`)
    await settle(page, number)
    await page.screenshot({ path: join(folder, `${String(number).padStart(2, '0')}.png`) })
  }
}
await browser.close()
server.close()
