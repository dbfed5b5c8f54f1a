// Both decks, built and exported, in a real browser: every slide and every click.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PDFDocument } from 'pdf-lib'
import { launch, serve } from '../scripts/browser.js'
import { langs, root, slidesOf } from '../scripts/deck.js'

/** The smallest code that is read from the last row, in the canvas's pixels, of which a slide is 980 wide. */
const SMALLEST_CODE = 16

let browser
let site

before(async () => {
  await import('../scripts/build.js')
  browser = await launch()
  site = await serve()
})

after(async () => {
  await browser?.close()
  site?.server.close()
})

/** Opens a page that notes what must not happen: errors, failed requests, requests to other hosts. */
async function openPage(options = {}) {
  const page = await browser.newPage({ viewport: { width: 980, height: 552 }, ...options })
  const troubles = []
  page.on('console', message => message.type() === 'error' && troubles.push(`console: ${message.text()}`))
  page.on('pageerror', error => troubles.push(`error: ${error.message}`))
  page.on('requestfailed', request => troubles.push(`failed: ${request.url()}`))
  page.on('response', response => response.status() >= 400 && troubles.push(`${response.status()}: ${response.url()}`))
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.address))
      troubles.push(`asked another host: ${request.url()}`)
  })
  return { page, troubles }
}

/** What is wrong with the slide that is shown, a line each. Runs in the browser. */
function faultsOf([number, smallestCode]) {
  const slide = document.querySelector(`.slidev-page-${number} .slidev-layout`)
  const bounds = slide.getBoundingClientRect()
  const scale = bounds.width / slide.offsetWidth
  const faults = []
  if (!slide.innerText.trim())
    faults.push('it is empty')
  const isOutside = ({ left, right, top, bottom }) =>
    left < bounds.left - 1 || right > bounds.right + 1 || top < bounds.top - 1 || bottom > bounds.bottom + 1
  const roots = [slide, ...[...slide.querySelectorAll('*')].map(one => one.shadowRoot).filter(Boolean)]
  for (const root of roots) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      if (!text.data.trim() || text.parentElement?.closest('style, title, desc'))
        continue
      const range = document.createRange()
      range.selectNodeContents(text)
      if ([...range.getClientRects()].some(rect => rect.width && isOutside(rect)))
        faults.push(`text outside of the slide: ${text.data.trim().slice(0, 60)}`)
    }
  }
  for (const code of slide.querySelectorAll('pre')) {
    const size = Number.parseFloat(getComputedStyle(code.querySelector('code') ?? code).fontSize)
    if (size < smallestCode)
      faults.push(`code of ${size} px`)
    if (code.scrollWidth > code.clientWidth + 1 || code.scrollHeight > code.clientHeight + 1)
      faults.push(`code is cut off: ${code.innerText.slice(0, 60)}`)
  }
  for (const image of slide.querySelectorAll('img')) {
    const rect = image.getBoundingClientRect()
    if (!image.naturalWidth || isOutside(rect) || rect.width < 300 * scale)
      faults.push(`a picture that is not shown whole: ${image.alt}`)
  }
  for (const diagram of slide.querySelectorAll('.mermaid')) {
    const svg = (diagram.shadowRoot ?? diagram).querySelector('svg')
    if (!svg || /Syntax error/.test(svg.textContent))
      faults.push('a diagram that is not drawn')
  }
  return faults
}

/** Waits until a slide is there with its pictures and diagrams. */
async function settle(page, number) {
  await page.waitForSelector(`.slidev-page-${number} .slidev-layout`)
  await page.waitForFunction((number) => {
    const slide = document.querySelector(`.slidev-page-${number}`)
    const diagrams = [...slide.querySelectorAll('.mermaid')]
    return diagrams.every(one => (one.shadowRoot ?? one).querySelector('svg'))
      && [...slide.querySelectorAll('img')].every(image => image.complete)
  }, number)
  await page.evaluate(() => document.fonts.ready)
}

const where = page => page.evaluate(() => {
  const [, number, clicks] = /^#\/(\d+)(?:\?clicks=(\d+))?/.exec(location.hash)
  return [Number(number), Number(clicks ?? 0)]
})

for (const colorScheme of ['light', 'dark']) {
  for (const lang of langs) {
    test(`the ${colorScheme} deck in ${lang}, slide by slide and click by click`, async () => {
      const { page, troubles } = await openPage({ colorScheme })
      const count = (await slidesOf(lang)).length
      const faults = []
      await page.goto(`${site.address}${lang}/index.html`)
      await page.waitForFunction(() => location.hash.startsWith('#/1'))
      let [number, clicks] = [1, 0]
      for (let steps = 0; ; steps++) {
        assert.ok(steps < 1000, 'the walk does not end')
        await settle(page, number)
        for (const fault of await page.evaluate(faultsOf, [number, SMALLEST_CODE]))
          faults.push(`slide ${number}, click ${clicks}: ${fault}`)
        const next = page.waitForFunction(([number, clicks]) => {
          const now = /^#\/(\d+)(?:\?clicks=(\d+))?/.exec(location.hash)
          return Number(now[1]) !== number || Number(now[2] ?? 0) !== clicks
        }, [number, clicks], { timeout: number === count ? 1000 : 30000 }).then(() => true, () => false)
        await page.keyboard.press('ArrowRight')
        if (!await next)
          break
        ;[number, clicks] = await where(page)
      }
      await page.close()
      assert.equal(number, count, 'the walk did not reach the last slide')
      assert.deepEqual(faults, [])
      assert.deepEqual(troubles, [])
    })
  }
}

test('the walk notices what is outside, too small, cut off or missing', async () => {
  const { page, troubles } = await openPage()
  const slides = await slidesOf('en')
  const number = 1 + slides.findIndex(slide => slide.section === '01') + 1
  await page.goto(`${site.address}en/index.html#/${number}`)
  await settle(page, number)
  assert.deepEqual(await page.evaluate(faultsOf, [number, SMALLEST_CODE]), [])
  await page.evaluate((number) => {
    const slide = document.querySelector(`.slidev-page-${number} .slidev-layout`)
    slide.querySelector('h1').style.marginTop = '-200px'
    slide.querySelector('pre').style.width = '100px'
    slide.querySelector('pre code').style.fontSize = '12px'
    slide.insertAdjacentHTML('beforeend', '<div class="mermaid"></div><img src="none.svg" alt="none"><img src="https://example.org/">')
    console.error('on purpose')
  }, number)
  await page.waitForFunction(number => [...document.querySelectorAll(`.slidev-page-${number} img`)].every(image => image.complete), number)
  const faults = (await page.evaluate(faultsOf, [number, SMALLEST_CODE])).join('\n')
  for (const fault of [/text outside of the slide: A blocking call/, /code of 12 px/, /code is cut off/, /not drawn/, /not shown whole: none/])
    assert.match(faults, fault)
  for (const trouble of [/console: on purpose/, /404: .*none\.svg/, /asked another host: https:\/\/example\.org/])
    assert.match(troubles.join('\n'), trouble)
  await page.close()
})

test('diagrams and pictures follow a change between light and dark', async () => {
  const { page } = await openPage({ colorScheme: 'light' })
  const slides = await slidesOf('en')
  const colours = kind => page.evaluate(([kind, number]) => {
    const slide = document.querySelector(`.slidev-page-${number} .slidev-layout`)
    const [ink, shown] = kind === 'diagram'
      ? [getComputedStyle(slide).color, getComputedStyle(slide.querySelector('.mermaid').shadowRoot.querySelector('.messageText')).fill]
      : [getComputedStyle(slide).colorScheme, getComputedStyle(slide.querySelector('img')).colorScheme]
    return { ink, shown }
  }, [kind, number])
  let number
  for (const [kind, mark] of [['diagram', '```mermaid'], ['picture', '<Timeline']]) {
    number = 1 + slides.findIndex(slide => slide.content.includes(mark))
    const seen = []
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${site.address}en/index.html#/${number}`)
      await settle(page, number)
      await page.waitForFunction(dark => document.documentElement.classList.contains('dark') === dark, colorScheme === 'dark')
      const { ink, shown } = await colours(kind)
      assert.equal(shown, ink)
      seen.push(shown)
    }
    assert.notEqual(seen[0], seen[1])
  }
  await page.close()
})

test('both languages have the same clicks', async () => {
  const { page } = await openPage()
  const walk = async (lang) => {
    const steps = []
    await page.goto(`${site.address}${lang}/index.html`)
    const count = (await slidesOf(lang)).length
    for (let number = 1; number <= count; number++) {
      // Slidev takes what is too much for the last click.
      await page.goto(`${site.address}${lang}/index.html#/${number}?clicks=999`)
      await settle(page, number)
      steps.push(await page.evaluate(number => document.querySelectorAll(`.slidev-page-${number} .slidev-vclick-target`).length, number))
    }
    return steps
  }
  assert.deepEqual(await walk('en'), await walk('ru'))
  await page.close()
})

test('a live demonstration connects when asked to, and is kind when there is no site', async () => {
  const slides = await slidesOf('en')
  const number = 1 + slides.findIndex(slide => slide.content.includes('<LiveSite'))
  const page = await browser.newPage()
  const asked = []
  page.on('request', request => request.url().startsWith('http://127.0.0.1:9/') && asked.push(request.url()))
  await page.goto(`${site.address}en/index.html#/${number}`)
  const demonstration = page.locator(`.slidev-page-${number} .live`)
  await demonstration.locator('input').fill('http://127.0.0.1:9/')
  assert.deepEqual(asked, [])
  await demonstration.locator('button').click()
  await demonstration.getByRole('status').waitFor()
  assert.match(await demonstration.innerText(), /cargo run -p site/)
  assert.equal(asked.length, 1)
  // A site that answers: this deck's own server will do.
  await demonstration.locator('input').fill(site.address)
  await demonstration.locator('button').click()
  await demonstration.locator('iframe').waitFor()
  await demonstration.locator('button').click()
  await demonstration.locator('iframe').waitFor({ state: 'detached' })
  await page.close()
})

test('a build fails at a region that does not exist, and says where', (context) => {
  const copy = mkdtempSync(join(tmpdir(), 'deck-'))
  context.after(() => rmSync(copy, { recursive: true }))
  for (const part of ['lessons', 'slides'])
    cpSync(join(root, '..', part), join(copy, part), { recursive: true, filter: path => !/node_modules|dist$/.test(path) })
  symlinkSync(join(root, 'node_modules'), join(copy, 'slides/node_modules'), 'junction')
  const lesson = join(copy, 'lessons/02-threads/src/main.rs')
  writeFileSync(lesson, readFileSync(lesson, 'utf8').replaceAll('region threads', 'region other'))
  const command = join(root, 'node_modules/@slidev/cli/bin/slidev.mjs')
  const built = spawnSync(process.execPath, [command, 'build', 'slides.en.md', '--out', 'dist/en'], { cwd: join(copy, 'slides'), encoding: 'utf8' })
  assert.notEqual(built.status, 0)
  assert.match(built.stdout + built.stderr, /02-threads\.md:\d+: .*main\.rs has no region threads/)
})

test('the PDFs have a page for every slide', async () => {
  await import('../scripts/export.js')
  for (const lang of langs) {
    const pdf = await PDFDocument.load(readFileSync(join(root, `dist/deck.${lang}.pdf`)))
    assert.equal(pdf.getPageCount(), (await slidesOf(lang)).length)
  }
})
