// Takes pictures of the live page in each of its states, to be looked at: `npm run screenshots -- FOLDER`.
import { mkdirSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { chromiumArgs, chromiumPath } from '../../../slides/scripts/chromium.js'
import { lesson, startSite, stop } from './site.js'

const folder = process.argv[2] ?? 'screenshots'
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs })

/** A picture of the page in this language, light or dark, after `act`. */
async function picture(name, site, { lang = 'en', colorScheme = 'light', width = 1280, height = 720, fullPage = true, act = () => {} } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  await page.goto(`${site.address}?lang=${lang}`)
  await page.locator('#link[data-state=on]').waitFor()
  await act(page)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
  await page.close()
}

/** Each as one after the other has it: in both languages and both lights. */
async function pictures(name, site, options) {
  await picture(`${name}-en`, site, options)
  await picture(`${name}-ru`, site, { lang: 'ru', colorScheme: 'dark', ...options })
}

const ask = (site, page, headers) => new Promise(done =>
  get(site.prefix + page, { headers, agent: false }, answer => answer.resume().on('end', done)).on('error', done))

const usual = await startSite()
await pictures('1-nothing', usual)
await lesson('01', usual)
await lesson('03', usual)
await pictures('3-staircase-and-wall', usual)
await picture('4-projector', usual, { width: 1920, height: 1080, fullPage: false, act: page => page.locator('#screen').click() })
await picture('5-telephone', usual, { width: 390, height: 844, lang: 'ru' })
await picture('6-focus', usual, { act: page => page.locator('.bar').nth(3).focus() })
await stop(usual)

const slow = await startSite('--latency', '2s..6s')
const asked = lesson('03', slow)
await sleep(3000)
await pictures('2-in-flight', slow)
await asked
await stop(slow)

const faulty = await startSite('--latency', '100ms..300ms', '--fault', '1:never', '--fault', '2:503', '--fault', '3:reset', '--fault', '4:cut', '--fault', '5:drip=300ms', '--fault', '6:never', '--per-client', '30')
const held = [1, 6].map((page) => {
  const held = connect(new URL(faulty.address).port, '127.0.0.1')
  held.write(`GET /search/all/?page=${page} HTTP/1.1\r\nHost: s\r\nUser-Agent: a${'-very'.repeat(40)}-long-name <script>\r\n\r\n`)
  return held
})
await Promise.all([2, 3, 4, 5, 7, 2, 99, 'ten'].map(page => ask(faulty, page, { 'User-Agent': 'python-requests/2.32' })))
await ask({ prefix: faulty.address }, `details/${'1'.repeat(300)}`)
held[0].destroy()
await pictures('7-mishaps', faulty)
await stop(faulty)

const large = await startSite('--latency', '0s..1s', '--pages', '10000')
await lesson('03', large, '--pages', '200')
await lesson('03', large, '--pages', '60')
await lesson('03', large, '--pages', '10000')
await pictures('8-many', large)
await stop(large)
await browser.close()
