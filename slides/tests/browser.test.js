// Both decks, built and exported, in a real browser: every slide and every click.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PDFDict, PDFDocument, PDFName } from 'pdf-lib'
import { launch, serve, settle } from '../scripts/browser.js'
import { langs, root, slidesOf } from '../scripts/deck.js'
import { clicksOf } from '../scripts/notes.js'

/**
 * The smallest text that is read from the last row, in the canvas's pixels, of which a slide is 980 wide; and the size of
 * code whose lines are few and short enough for it.
 */
const SIZES = { least: 16, code: 24, columns: 72, lines: 14 }

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
async function faultsOf([number, sizes]) {
  const slide = document.querySelector(`.slidev-page-${number} .slidev-layout`)
  const bounds = slide.getBoundingClientRect()
  const scale = bounds.width / slide.offsetWidth
  const footer = slide.parentElement.querySelector('footer')?.getBoundingClientRect().top ?? bounds.bottom
  const faults = []
  if (!slide.innerText.trim())
    faults.push('it is empty')
  const isOutside = ({ left, right, top, bottom }) =>
    left < bounds.left - 1 || right > bounds.right + 1 || top < bounds.top - 1 || bottom > footer + 1
  const beginning = text => text.trim().slice(0, 60)
  const roots = [slide, ...[...slide.querySelectorAll('*')].map(one => one.shadowRoot).filter(Boolean)]
  for (const root of roots) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const around = text.parentElement
      if (!text.data.trim() || around?.closest('style, title, desc') || !around.checkVisibility({ opacityProperty: true }))
        continue
      const range = document.createRange()
      range.selectNodeContents(text)
      if ([...range.getClientRects()].some(rect => rect.width && isOutside(rect)))
        faults.push(`text outside of the slide or on its footer: ${beginning(text.data)}`)
      const drawn = around.getScreenCTM ? around.getScreenCTM().a / scale : 1
      const size = Number.parseFloat(getComputedStyle(around).fontSize) * drawn
      if (size < sizes.least - 0.05)
        faults.push(`text of ${size.toFixed(1)} px: ${beginning(text.data)}`)
    }
  }
  for (const code of slide.querySelectorAll('pre')) {
    const size = Number.parseFloat(getComputedStyle(code.querySelector('code') ?? code).fontSize)
    const lines = code.innerText.trimEnd().split('\n')
    if (size < sizes.code && lines.length <= sizes.lines && lines.every(line => line.length <= sizes.columns))
      faults.push(`code of ${size} px that fits in ${sizes.code}: ${beginning(code.innerText)}`)
    if (code.scrollWidth > code.clientWidth + 1 || code.scrollHeight > code.clientHeight + 1)
      faults.push(`code is cut off: ${beginning(code.innerText)}`)
  }
  for (const image of slide.querySelectorAll('img')) {
    const rect = image.getBoundingClientRect()
    if (!image.checkVisibility())
      continue
    if (!image.naturalWidth || isOutside(rect) || rect.width < 300 * scale) {
      faults.push(`a picture that is not shown whole: ${image.alt}`)
      continue
    }
    // What is drawn in a picture is not in the page: its letters are found in its source.
    const source = await (await fetch(image.src)).text()
    if (!source.includes('<svg'))
      continue
    const drawn = rect.width / scale / Number(/viewBox=["']0 0 ([\d.]+)/.exec(source)[1])
    for (const [, size] of source.matchAll(/font(?:-size)?[:=]["']?([\d.]+)/g)) {
      if (size * drawn < sizes.least - 0.05)
        faults.push(`text of ${(size * drawn).toFixed(1)} px in a picture: ${image.alt}`)
    }
  }
  for (const diagram of slide.querySelectorAll('.mermaid')) {
    const svg = (diagram.shadowRoot ?? diagram).querySelector('svg')
    if (!svg || /Syntax error/.test(svg.textContent))
      faults.push('a diagram that is not drawn')
  }
  return faults
}

/** The number of the slide that is shown, and the clicks that were made on it. Slides of the appendix go by a name. */
async function where(page, slides) {
  const [, name, clicks] = /^#\/([^?]+)(?:\?clicks=(\d+))?/.exec(await page.evaluate(() => location.hash))
  const named = slides.findIndex(slide => slide.frontmatter.routeAlias === name)
  return [named < 0 ? Number(name) : named + 1, Number(clicks ?? 0)]
}

for (const colorScheme of ['light', 'dark']) {
  for (const lang of langs) {
    test(`the ${colorScheme} deck in ${lang}, slide by slide and click by click`, async () => {
      const { page, troubles } = await openPage({ colorScheme })
      const slides = await slidesOf(lang)
      const count = slides.length
      const faults = []
      await page.goto(`${site.address}${lang}/index.html`)
      await page.waitForFunction(() => location.hash.startsWith('#/1'))
      let [number, clicks] = [1, 0]
      for (let steps = 0; ; steps++) {
        assert.ok(steps < 1000, 'the walk does not end')
        await settle(page, number)
        for (const fault of await page.evaluate(faultsOf, [number, SIZES]))
          faults.push(`slide ${number}, click ${clicks}: ${fault}`)
        const here = await page.evaluate(() => location.hash)
        const next = page.waitForFunction(here => location.hash !== here, here, { timeout: number === count ? 1000 : 30000 })
        await page.keyboard.press('ArrowRight')
        const moved = await next.then(() => true, () => false)
        const [now, made] = await where(page, slides)
        if (!moved || now !== number) {
          const { note, where: place } = slides[number - 1]
          if (clicksOf(note) !== clicks)
            faults.push(`${place()}: ${clicksOf(note)} [click] in the note, ${clicks} on the slide`)
        }
        if (!moved)
          break
        ;[number, clicks] = [now, made]
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
  const number = 1 + slides.findIndex(slide => slide.content.includes('#program'))
  await page.goto(`${site.address}en/index.html#/${number}`)
  await settle(page, number)
  assert.deepEqual(await page.evaluate(faultsOf, [number, SIZES]), [])
  await page.evaluate((number) => {
    const slide = document.querySelector(`.slidev-page-${number} .slidev-layout`)
    slide.querySelector('h1').style.marginTop = '-200px'
    slide.querySelector('pre').style.width = '100px'
    slide.querySelector('pre code').style.fontSize = '23px'
    const drawn = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 100" width="600" height="100"><text y="50" font-size="15">small</text></svg>'
    slide.insertAdjacentHTML('beforeend', `<div class="mermaid"></div><img src="none.svg" alt="none"><img src="https://example.org/">
      <img alt="drawn" src="${drawn.replaceAll('"', "'")}"><svg viewBox="0 0 200 20" width="100"><text y="15" font-size="20">shrunk</text></svg>
      <p style="position:absolute;bottom:0">on the footer</p>`)
    console.error('on purpose')
  }, number)
  await page.waitForFunction(number => [...document.querySelectorAll(`.slidev-page-${number} img`)].every(image => image.complete), number)
  const faults = (await page.evaluate(faultsOf, [number, SIZES])).join('\n')
  for (const fault of [/text outside of the slide or on its footer: In Rust/, /footer: on the footer/, /code of 23 px that fits in 24/, /code is cut off/, /not drawn/, /not shown whole: none/, /text of 15\.0 px in a picture: drawn/, /text of 10\.0 px: shrunk/])
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
  // What happens in the frame keeps no keys: they move the deck.
  await demonstration.locator('iframe').click()
  await page.waitForFunction(() => document.activeElement?.tagName !== 'IFRAME')
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction(number => location.hash === `#/${number + 1}`, number)
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(number => location.hash.startsWith(`#/${number}`), number)
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

test('the PDFs have a page for every slide, an outline, and links', async () => {
  await import('../scripts/export.js')
  for (const lang of langs) {
    const pdf = await PDFDocument.load(readFileSync(join(root, `dist/deck.${lang}.pdf`)))
    const slides = await slidesOf(lang)
    assert.equal(pdf.getPageCount(), slides.length)
    assert.ok(pdf.catalog.lookup(PDFName.of('Outlines'), PDFDict).has(PDFName.of('First')))
    const links = pdf.getPages().map(page => page.node.Annots()?.size() ?? 0)
    assert.equal(links[slides.findIndex(slide => slide.frontmatter.routeAlias === 'read')], 5)
  }
})
