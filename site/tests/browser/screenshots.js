// Takes pictures of the live page in each of its states, to be looked at: `npm run screenshots -- FOLDER`.
import { mkdirSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { chromiumArgs, chromiumPath } from '../../../slides/scripts/chromium.js'
import { databaseLesson, lesson, startSite, stop } from './site.js'

const folder = process.argv[2] ?? 'screenshots'
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs })

/** A picture of the page in this language, light or dark, after `act`. */
async function picture(name, site, { lang = 'en', colorScheme = 'light', width = 1280, height = 720, fullPage = true, query = '', act = () => {} } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  await page.goto(`${site.address}?lang=${lang}${query}`)
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

/** The ids of a site's runs, the newest first. */
const runs = async site => (await (await fetch(site.address)).text()).match(/(?<=id="run-)\d+/g)

/** Takes a run to a moment that is this part of it. */
const replayTo = part => page => page.locator('#moment').evaluate((moment, part) => {
  moment.value = moment.max * part
  moment.dispatchEvent(new Event('input'))
  return new Promise(done => new MutationObserver(done).observe(document.querySelector('main'), { childList: true }))
}, part)

/** Holds a request for a page until it is destroyed. */
const hold = (site, page, agent = 'held') => {
  const held = connect(new URL(site.address).port, '127.0.0.1')
  held.on('error', () => {})
  held.write(`GET /search/all/?page=${page} HTTP/1.1\r\nHost: s\r\nUser-Agent: ${agent}\r\n\r\n`)
  return held
}

const ask = (site, page, headers) => new Promise(done =>
  get(site.prefix + page, { headers, agent: false }, answer => answer.resume().on('end', done)).on('error', done))

const usual = await startSite()
await pictures('1-nothing', usual)
await lesson('01', usual)
await lesson('03', usual)
await pictures('3-staircase-and-wall', usual)
const both = { query: `&overlay=${await runs(usual)}&name-${(await runs(usual))[0]}=tokio` }
for (const [width, height] of [[1280, 800], [1920, 1080]]) {
  const full = { width, height, fullPage: false, act: page => page.locator('#screen').click() }
  await pictures(`4-projector-${height}`, usual, full)
  await pictures(`4-projector-${height}-overlay`, usual, { ...full, ...both })
}
await pictures('9-overlay', usual, both)
await pictures('9-replay', usual, { ...both, act: replayTo(0.07) })
await picture('9-replay-telephone', usual, { ...both, width: 390, height: 844, lang: 'ru', act: replayTo(0.07) })
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
const held = [1, 6].map(page => hold(faulty, page, `a${'-very'.repeat(40)}-long-name <script>`))
await Promise.all([2, 3, 4, 5, 7, 2, 99, 'ten'].map(page => ask(faulty, page, { 'User-Agent': 'python-requests/2.32' })))
await ask({ prefix: faulty.address }, `details/${'1'.repeat(300)}`)
held[0].destroy()
await pictures('7-mishaps', faulty)
await stop(faulty)

const gated = await startSite('--gate', 'in-flight=6', '--fault', '3:500', '--fault', '5:drip=400ms', '--fault', '6:never')
const waiting = []
for (const page of [1, 2, 3, 4, 5, 6]) {
  waiting.push(hold(gated, page))
  await sleep(60)
}
await sleep(600)
waiting.at(-1).destroy()
await pictures('10-gate', gated, { act: page => page.locator('.bar').nth(4).focus() })
await picture('10-gate-replay', gated, { query: `&replay=${await runs(gated)}`, act: replayTo(0.2) })
await stop(gated)

const late = await startSite('--latency', '400ms', '--latency', '5:1s', '--latency', '6:60s')
const cutShort = [1, 2, 3, 4, 5, 6].map(page => hold(late, page))
await sleep(200)
cutShort.slice(2).forEach(held => held.destroy())
await sleep(400)
await pictures('11-cut-short', late, { act: page => page.locator('.bar').nth(1).focus() })
await stop(late)

const large = await startSite('--latency', '0s..1s', '--pages', '10000')
await lesson('03', large, '--pages', '200')
await lesson('03', large, '--pages', '60')
await lesson('03', large, '--pages', '10000')
await pictures('8-many', large)
await pictures('8-many-place', large, { fullPage: false, act: page => page.locator('.place').nth(30).locator('.field').hover() })
await picture('8-many-replay', large, { query: `&replay=${(await runs(large))[0]}`, act: replayTo(0.5) })

const database = ['--database', '--database-port', '0']
const storing = await startSite(...database, '--statement-latency', '20ms..60ms')
await databaseLesson(storing, 'pool', 'pool')
await databaseLesson(storing, 'transaction', 'transaction', '--pages', '4')
await pictures('13-queries', storing, { act: page => page.locator('.bar[id*=database]').nth(3).focus() })
const stored = await runs(storing)
await pictures('13-queries-overlay', storing, { query: `&overlay=${stored}` })
await pictures('13-queries-replay', storing, { query: `&replay=${stored[0]}`, act: replayTo(0.8) })
await picture('13-queries-telephone', storing, { width: 390, height: 844, lang: 'ru' })
await stop(storing)
const waitingQuery = await startSite(...database, '--latency', '0s', '--statement-gate', 'in-flight=3')
databaseLesson(waitingQuery, 'held', 'one-by-one').catch(() => {})
await sleep(1000)
await pictures('13-query-in-flight', waitingQuery)
await stop(waitingQuery)

// The site is gone while the page is open.
await picture('12-gone', large, { query: `&replay=${(await runs(large))[1]}`, act: async (page) => {
  await stop(large)
  await page.locator('#link[data-state=off]').waitFor()
} })
await browser.close()
