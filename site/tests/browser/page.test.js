// The live page as people have it before them: in a browser, while programs ask the site.
import assert from 'node:assert/strict'
import { createServer, get } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import { chromiumArgs, chromiumPath } from '../../../slides/scripts/chromium.js'
import { databaseLesson, lesson, startSite, stop } from './site.js'

/** How long to wait for what should come at once, in milliseconds: patience, not a judgement. */
const PATIENCE = 30_000

let browser
let site

before(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs })
  site = await startSite()
})
after(async () => {
  await browser?.close()
  await stop(site)
})

/** The live page in a browser of its own. Whatever goes wrong there is in `troubles`. */
async function open({ address = site.address, query = '?lang=en', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  const troubles = []
  page.on('console', message => ['error', 'warning'].includes(message.type()) && troubles.push(message.text()))
  page.on('pageerror', error => troubles.push(error.message))
  page.on('dialog', dialog => (troubles.push(`a dialog: ${dialog.message()}`), dialog.dismiss()))
  page.on('request', request => request.url().startsWith(address) || troubles.push(`a request for ${request.url()}`))
  await page.goto(address + query)
  await page.locator('#link[data-state=on]').waitFor()
  return { page, context, troubles, close: () => context.close() }
}

/** The figure of that name, as a text. */
function figure(part, name) {
  return part.locator('.figures div').filter({ has: part.page().locator('dt', { hasText: new RegExp(`^${name}$`) }) }).locator('dd').innerText()
}

/** Waits until the site as a whole has this figure. */
function until(page, name, value) {
  return page.locator('#now div').filter({ hasText: new RegExp(`^${name}\\s*${value}$`) }).waitFor()
}

/** Begin and end of a run's bars, in pixels of the page. */
function bars(run) {
  return run.locator('.bar').evaluateAll(bars => bars.map((bar) => {
    const boxes = [...bar.querySelectorAll('.waiting, .answering, .failed')].map(part => part.getBoundingClientRect())
    return { start: Math.min(...boxes.map(box => box.left)), end: Math.max(...boxes.map(box => box.right)) }
  }))
}

/** The texts of the details that are shown. */
function shown(page) {
  return page.locator('.exact').evaluateAll(all => all.filter(it => getComputedStyle(it).visibility === 'visible').map(it => it.textContent))
}

/** Where a run's axis has its marks, in pixels, by their labels. */
function axis(run) {
  return run.locator('.timeline > text[text-anchor]').evaluateAll(marks =>
    Object.fromEntries(marks.map(mark => [mark.textContent, Math.round(Number(mark.getAttribute('x')))])))
}

test('a staircase turns into a wall, on one scale, the newest on top', async () => {
  const watched = await open()
  const { page, troubles } = watched
  await page.getByText('Nothing has been asked for yet.').waitFor()
  assert.match(await lesson('01', site), /Time: /)
  await until(page, 'requests', 10)
  await until(page, 'in flight', 0)
  await lesson('03', site)
  await until(page, 'requests', 20)
  await until(page, 'in flight', 0)

  const [wall, staircase] = await page.locator('.run').all()
  const steps = await bars(staircase)
  assert.equal(steps.length, 10)
  steps.slice(1).forEach((step, index) => assert(step.start >= steps[index].end - 0.5, `step ${index + 1} begins where the one before ends`))
  assert.deepEqual([await figure(staircase, 'peak in flight'), await figure(staircase, 'connections')], ['1', '1'])

  const stones = await bars(wall)
  assert.equal(stones.length, 10)
  assert(Math.max(...stones.map(stone => stone.start)) < Math.min(...stones.map(stone => stone.end)), 'all are in flight at once')
  assert.deepEqual([await figure(wall, 'peak in flight'), await figure(wall, 'connections')], ['10', '10'])

  const [upper, lower] = [await axis(wall), await axis(staircase)]
  assert(Object.keys(upper).length > 2)
  assert.deepEqual(upper, lower)
  assert.equal(await figure(page.locator('body'), 'pages'), '10')
  assert.deepEqual(troubles, [])
  await watched.close()
})

test('what is in flight grows while it lasts, and a failure is told by its shape', async () => {
  const own = await startSite('--latency', '0s', '--fault', '1:never', '--fault', '2:500', '--fault', '3:reset')
  const watched = await open(own)
  const { page, troubles } = watched
  const held = connect(new URL(own.address).port, '127.0.0.1')
  held.unref()
  held.write('GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\nUser-Agent: <script>alert(1)</script>\r\n\r\n')
  await until(page, 'in flight', 1)
  const run = page.locator('.run')
  await page.getByText('still without an answer').waitFor()
  const waiting = async () => Number(/waiting for ([\d,.]+) ms/.exec(await page.locator('.bar').getAttribute('aria-label'))[1].replace(',', ''))
  const earlier = await waiting()
  while (await waiting() <= earlier)
    await page.waitForTimeout(50)
  for (const number of [2, 3])
    await new Promise(done => get(`${own.prefix}${number}`, { headers: { 'User-Agent': '<script>alert(1)</script>' } }, answer => answer.resume().on('end', done)).on('error', done))
  held.destroy()
  await until(page, 'in flight', 0)
  for (const sign of ['answered with an error', 'given up by the client', 'connection reset by the site'])
    await page.getByText(sign).waitFor()
  assert.equal(await figure(run, 'status'), '500 × 1, none × 2')
  assert.equal(await page.locator('.bar').nth(1).locator('.failed').evaluate(bar => getComputedStyle(bar).fillOpacity), '0.15')
  assert.equal(await run.locator('.name').getAttribute('placeholder'), '<script>alert(1)</script>')
  assert.deepEqual(troubles, [])
  await watched.close()
  assert.equal(await stop(own), 0)
})

test('addresses are copied, runs named and removed, in this browser only', async () => {
  const watched = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
  const { page, troubles } = watched
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  await page.getByText('What to run').click()
  await page.getByRole('button', { name: 'Copy' }).last().click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await clipboard(), site.prefix)
  await page.locator('[data-copy*=lesson03]').click()
  assert.equal(await clipboard(), `cargo run -p lesson03 -- --url '${site.prefix.replace('/search', '/as/lesson03/search')}'`)
  await page.getByRole('button', { name: 'Copied' }).first().waitFor({ state: 'detached' })

  const count = await page.locator('.run').count()
  const id = await page.locator('.run').first().getAttribute('id')
  await page.locator('.name').first().fill('my <b>wall</b>')
  await page.reload()
  assert.equal(await page.locator('.name').first().inputValue(), 'my <b>wall</b>')
  await page.getByRole('link', { name: 'Remove' }).first().click()
  await page.waitForURL(/without=/)
  assert.equal(await page.locator('.run').count(), count - 1)
  assert.equal(await page.locator(`#${id}`).count(), 0)
  await page.locator('#link[data-state=on]').waitFor()

  const other = await open()
  assert.equal(await other.page.locator('.run').count(), count)
  assert.equal(await other.page.locator('.name').first().inputValue(), '')
  await page.getByRole('link', { name: 'Show removed runs: 1' }).click()
  await page.waitForURL(url => !url.href.includes('without'))
  assert.equal(await page.locator('.run').count(), count)
  assert.deepEqual([...troubles, ...other.troubles], [])
  await other.close()
  await watched.close()
})

test('a run is downloaded as SVG, HAR and JSON', async () => {
  const watched = await open()
  const { page, troubles } = watched
  for (const format of ['SVG', 'HAR', 'JSON']) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: `Download as ${format}` }).first().click(),
    ])
    assert.match(download.suggestedFilename(), new RegExp(`^run-\\d+\\.${format.toLowerCase()}$`))
    const text = await (await download.createReadStream()).setEncoding('utf8').reduce((text, part) => text + part, '')
    const count = { SVG: () => text.match(/<rect class="waiting"/g).length, HAR: () => JSON.parse(text).log.entries.length, JSON: () => JSON.parse(text).exchanges.length }
    assert.equal(count[format](), 10)
  }
  assert.deepEqual(troubles, [])
  await watched.close()
})

test('Chromium’s own importer reads a HAR, what is held and half sent included', async () => {
  const own = await startSite('--latency', '0s', '--fault', '2:never', '--fault', '3:drip=1h', '--fault', '4:reset')
  const { port } = new URL(own.address)
  const send = (request) => {
    const socket = connect(port, '127.0.0.1')
    socket.unref()
    socket.on('error', () => {})
    socket.write(`${request} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: "quoted" \\ agent\r\n\r\n`)
    return new Promise(done => socket.once('data', done).once('close', done))
  }
  await send('OPTIONS *')
  for (const page of ['1', '3', '4', '1&a={b|c}'])
    await send(`GET /search/all/?page=${page}`)
  send('GET /search/all/?page=2')
  const watched = await open(own)
  await until(watched.page, 'requests', 6)
  const [id] = (await watched.page.locator('.run').first().getAttribute('id')).match(/\d+/)
  const har = await (await fetch(`${own.address}live/runs/${id}.har`)).json()

  // Where Chromium serves its developer tools, its importer is one of their modules.
  const free = createServer().listen(0)
  const debugging = free.address().port
  await new Promise(done => free.close(done))
  const tools = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumArgs, `--remote-debugging-port=${debugging}`] })
  const page = await tools.newPage()
  await page.goto(`http://127.0.0.1:${debugging}/json/version`)
  const read = await page.evaluate(async (har) => {
    const { HARFormat, Importer } = await import('/devtools/models/har/har.js')
    const requests = Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(har).log)
    return requests.map(request => [request.requestMethod, request.url(), request.statusCode, request.duration >= 0])
  }, har)
  const listing = page => `http://127.0.0.1:${port}/search/all/?page=${page}`
  assert.deepEqual(read, [
    ['OPTIONS', `http://127.0.0.1:${port}/*`, 405, true],
    ['GET', listing('1'), 200, true],
    ['GET', listing('3'), 200, true],
    ['GET', listing('4'), 0, true],
    ['GET', listing('1&a=%7Bb%7Cc%7D'), 200, true],
    ['GET', listing('2'), 0, true],
  ])
  await tools.close()
  await watched.close()
  await stop(own)
})

test('tabs that are hidden leave the browser its connections', async () => {
  const own = await startSite('--latency', '0s')
  const context = await browser.newContext()
  // Headless tabs are never hidden: each says of itself what it is told to.
  await context.addInitScript(() => {
    let isHidden = location.hash === '#hidden'
    Object.defineProperty(document, 'hidden', { get: () => isHidden })
    globalThis.hide = (hidden) => {
      isHidden = hidden
      document.dispatchEvent(new Event('visibilitychange'))
    }
  })
  const pages = []
  for (let tab = 0; tab < 10; tab++) {
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    await page.goto(`${own.address}?lang=en`)
    await page.locator('#link[data-state=on]').waitFor()
    await page.evaluate(() => globalThis.hide(true))
    pages.push(page)
  }
  // Opened in the background, it watches once it is seen.
  const background = await context.newPage()
  background.setDefaultTimeout(PATIENCE)
  await background.goto(`${own.address}?lang=en#hidden`)
  await lesson('03', own)
  for (const page of [pages[0], background]) {
    assert.equal(await page.locator('.run').count(), 0)
    await page.evaluate(() => globalThis.hide(false))
    await page.locator('#link[data-state=on]').waitFor()
    await until(page, 'requests', 10)
    assert.equal(await page.locator('.run').count(), 1)
  }
  await context.close()
  await stop(own)
})

test('all of it is reached by keyboard, and each bar says what it knows', async () => {
  const watched = await open()
  const { page, troubles } = watched
  const focused = () => page.evaluate(() => {
    const it = document.activeElement
    const box = it.getBoundingClientRect()
    return { what: it.id || it.getAttribute('aria-label') || it.textContent, isBar: it.classList.contains('bar'), isSeen: box.bottom > 0 && box.top < innerHeight }
  })
  const walked = []
  const controls = await page.locator('a, button, input').evaluateAll(all => all.filter(it => it.checkVisibility()).length)
  const pictures = await page.locator('.timeline').count()
  for (let step = 0; step < controls + pictures; step++) {
    await page.keyboard.press('Tab')
    walked.push(await focused())
  }
  assert.equal(new Set(walked.map(({ what }, index) => what + index)).size, controls + pictures)
  assert(walked.every(({ isSeen }) => isSeen))
  assert.equal(walked.filter(({ isBar }) => isBar).length, pictures, 'one stop a picture')

  const first = page.locator('.bar').first()
  await first.focus()
  for (const [key, number] of [['ArrowDown', 1], ['End', 9], ['ArrowDown', 9], ['ArrowUp', 8], ['Home', 0]]) {
    await page.keyboard.press(key)
    const bar = page.locator('.run').first().locator('.bar').nth(number)
    assert(await bar.evaluate(bar => bar === document.activeElement), key)
    const exact = await bar.getAttribute('aria-label')
    assert.match(exact, /^page \d+: asked for at \d+\.\d ms · 200 · answer began after [\d.]+ ms · complete after [\d.]+ ms · [\d,]+ bytes · connection \d+$/)
    assert.deepEqual(await shown(page), [exact])
  }
  const pointed = page.locator('.run').first().locator('.bar').nth(4)
  await pointed.locator('.field').hover()
  assert.deepEqual(await shown(page), [await pointed.getAttribute('aria-label')])
  assert.deepEqual(troubles, [])
  await watched.close()
})

test('it is there in both languages, light and dark, and as large as the screen', async () => {
  const russian = await open({ query: '', locale: 'ru-RU', colorScheme: 'dark' })
  const { page, troubles } = russian
  assert.equal(await page.locator('h1').innerText(), 'Учебный сайт')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await ground()
  await page.getByRole('button', { name: 'Светлая или тёмная' }).click()
  const light = await ground()
  assert.notEqual(light, dark)
  await page.reload()
  assert.equal(await ground(), light)
  assert.equal(await page.evaluate(() => document.body.innerText.match(/[a-z]{4,}/gi).filter(word => !/^(cargo|lesson|http|search|page|English|User|Agent|JSON|program)/i.test(word)).join()), '')
  await page.getByRole('link', { name: 'English' }).click()
  await page.waitForURL(/lang=en/)
  assert.equal(await page.locator('h1').innerText(), 'Practice site')
  assert.doesNotMatch((await page.locator('body').innerText()).replace('Русский', ''), /[а-яё]/i)

  await page.getByRole('button', { name: 'Full screen' }).click()
  await page.waitForFunction(() => document.fullscreenElement)
  assert(!await page.locator('.how-to').isVisible() && await page.locator('.timeline').first().isVisible())
  assert.deepEqual(troubles, [])
  await russian.close()
})

test('a page of this machine, as the deck is, may show it in a frame, and no other may', async () => {
  const deck = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(`<iframe src="${site.address}?lang=en">`))
  await new Promise(done => deck.listen(0, done))
  const page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE)
  const state = async (host) => {
    await page.goto(`http://${host}:${deck.address().port}/`)
    return page.frames()[1].evaluate(() => document.querySelector('#link')?.textContent)
  }
  await page.goto(`http://localhost:${deck.address().port}/`)
  await page.frameLocator('iframe').locator('#link[data-state=on]').waitFor()
  assert(!await page.frameLocator('iframe').locator('.how-to').isVisible())
  assert.equal(await state('127.0.0.1') === undefined, false)
  // A name that is not in the policy.
  assert.equal(await state('deck.localhost'), undefined)
  await page.close()
  deck.close()
})

test('two chosen runs are laid on one axis, and replayed step by step', async () => {
  const own = await startSite()
  await lesson('01', own)
  await lesson('03', own)
  const watched = await open(own)
  const { page, troubles } = watched
  for (const run of await page.locator('.run').all())
    await run.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Chosen runs on one axis' }).click()
  await page.waitForURL(/overlay=/)
  const bars = () => page.locator('#frame rect.waiting').count()
  assert.equal(await bars(), 20)
  const at = () => page.locator('#frame').getAttribute('data-at').then(Number)
  const end = await at()
  await page.keyboard.press('Tab')
  await page.locator('#step').press('Enter')
  await page.waitForFunction(() => document.getElementById('frame').dataset.at === '0')
  await page.locator('#step').press('Enter')
  await page.waitForFunction(() => document.getElementById('frame').dataset.at !== '0')
  assert(await at() < end && await bars() < 20)
  await page.locator('#speed').selectOption('1')
  await page.locator('#play').press('Space')
  await page.waitForFunction(end => Number(document.getElementById('frame').dataset.at) === end, end)
  assert.equal(await page.locator('#play').innerText(), 'Play')
  assert.equal(await bars(), 20)
  assert.deepEqual(troubles, [])
  await watched.close()
  await stop(own)
})

/** Holds a request for a page until it is destroyed. */
function hold(site, page) {
  const held = connect(new URL(site.address).port, '127.0.0.1')
  held.unref()
  held.on('error', () => {})
  held.write(`GET /search/all/?page=${page} HTTP/1.1\r\nHost: s\r\nUser-Agent: held\r\n\r\n`)
  return held
}

test('what a gate holds has stripes, what a client missed is dashed, and the legend says so', async () => {
  const gated = await startSite('--gate', 'in-flight=2', '--fault', '2:drip=1h')
  const late = await startSite('--latency', '1h')
  for (const lang of ['en', 'ru']) {
    const [held, missed] = lang === 'en'
      ? ['held by the gate', 'would have gone on']
      : ['ожидание у барьера', 'сколько ещё длился бы запрос']
    const plain = await open({ ...site, query: `?lang=${lang}` })
    assert.equal(await plain.page.getByText(held).count() + await plain.page.getByText(missed).count(), 0)
    assert.equal(await plain.page.locator('.gated, .missed').count(), 0)
    await plain.close()

    const watched = await open({ ...gated, query: `?lang=${lang}` })
    const { page, troubles } = watched
    if (lang === 'en') {
      hold(gated, 1)
      await page.getByText(held).waitFor()
      const bar = page.locator('.bar')
      assert.equal(await bar.locator('.waiting').count(), 0, 'it is held, it does not wait')
      assert.notEqual(await bar.locator('.gated').evaluate(part => getComputedStyle(part).strokeDasharray), 'none')
      assert.match(await bar.getAttribute('aria-label'), / · not past the gate · waiting for /)
      hold(gated, 2)
      await page.getByText('answer arriving').waitFor()
      await page.locator('.bar[aria-label*="complete after"]').waitFor()
      for (const label of await bar.evaluateAll(all => all.map(it => it.getAttribute('aria-label'))))
        assert.match(label, / · let go by the gate after [\d,.]+ ms · answer began after /)
      // It is not drawn where it is too short for the axis, which grows in steps.
      await bar.nth(1).locator('.answering').waitFor({ state: 'attached' })
      // In one step, since the picture is drawn anew as long as something is in flight.
      const [exact, picture, label, details] = await bar.nth(1).evaluate(bar => {
        bar.focus()
        const exact = bar.querySelector('.exact')
        const [box, picture] = [exact, bar.closest('svg')].map(part => part.getBoundingClientRect().toJSON())
        return [box, picture, bar.getAttribute('aria-label'), getComputedStyle(exact).visibility === 'visible' && exact.textContent]
      })
      assert(exact.right <= picture.right && exact.bottom <= picture.bottom + 1, `not in the picture: ${JSON.stringify({ exact, picture, label })}`)
      assert.equal(details, label)
    }
    else {
      await page.locator('.bar[aria-label*="барьер пропустил через"]').first().waitFor()
    }
    assert.deepEqual(troubles, [])
    await watched.close()

    const waiting = await open({ ...late, query: `?lang=${lang}` })
    if (lang === 'en') {
      const given = hold(late, 1)
      await until(waiting.page, 'in flight', 1)
      assert.equal(await waiting.page.locator('.missed').count(), 0)
      given.destroy()
    }
    await waiting.page.getByText(missed).waitFor()
    const [bar, rest, ...lines] = await waiting.page.locator('.bar').evaluate(bar => [
      ...['.waiting', '.missed'].map(part => bar.querySelector(part)), ...bar.closest('svg').querySelectorAll('line'),
    ].map(part => part.getBoundingClientRect().toJSON()))
    // It begins where the bar ends, is as high, and goes to the end of the axis: an hour has no room there.
    const axisEnd = Math.max(...lines.map(line => line.right))
    const seen = JSON.stringify({ bar, rest, axisEnd })
    assert(Math.abs(rest.left - bar.right) < 1, seen)
    assert(Math.abs(rest.height - bar.height) < 1, seen)
    assert(rest.right > axisEnd - 1, seen)
    assert.match(await waiting.page.locator('.bar').getAttribute('aria-label'), lang === 'en' ? /would have been complete after 3,6\d\d,\d\d\d\.\d ms/ : /был бы получен через 3\s6\d\d\s\d\d\d,\d мс/)
    assert.deepEqual(waiting.troubles, [])
    await waiting.close()
  }
  await stop(gated)
  await stop(late)
})

test('a crowd says how many were in flight where one points, by mouse and by keyboard', async () => {
  const own = await startSite('--gate', 'in-flight=250', '--pages', '250')
  await lesson('03', own, '--pages', '250')
  for (const [lang, title, said] of [
    ['en', 'in flight', /^[\d,]+\.\d ms – [\d,]+\.\d ms · up to (\d+) in flight$/],
    ['ru', 'в работе', /^[\d\s]+,\d мс – [\d\s]+,\d мс · в работе до (\d+)$/],
  ]) {
    const watched = await open({ ...own, query: `?lang=${lang}` })
    const { page, troubles } = watched
    assert.equal(await page.locator('.timeline text.middle').textContent(), title)
    const places = page.locator('.place')
    const exact = await places.evaluateAll(all => all.map(it => it.getAttribute('aria-label')))
    assert(exact.length > 20, `${exact.length} places`)
    assert.equal(Math.max(...exact.map(text => Number(said.exec(text)[1]))), 250)
    assert.deepEqual(await shown(page), [])
    await places.nth(7).locator('.field').hover()
    assert.deepEqual(await shown(page), [exact[7]])
    const box = await page.locator('.place .exact').nth(7).boundingBox()
    const picture = await page.locator('.timeline').boundingBox()
    assert(box.y >= picture.y && box.y + box.height <= picture.y + picture.height + 1, 'it is in the picture')
    await page.mouse.move(0, 0)

    const last = exact.length - 1
    await places.first().focus()
    for (const [key, number] of [['ArrowRight', 1], ['ArrowDown', 1], ['PageDown', 11], ['ArrowLeft', 10], ['End', last], ['ArrowRight', last], ['Home', 0]]) {
      await page.keyboard.press(key)
      assert(await places.nth(number).evaluate(place => place === document.activeElement), key)
      assert.deepEqual(await shown(page), [exact[number]])
    }
    assert.equal(await page.locator('.timeline [tabindex="0"]').count(), 1, 'one stop a picture')
    assert.deepEqual(troubles, [])
    await watched.close()
  }
  await stop(own)
})

test('chosen runs have their names, in the picture, the file and the link', async () => {
  const own = await startSite('--latency', '0s')
  for (const program of ['one', 'two'])
    await lesson('03', { prefix: own.prefix.replace('/search', `/as/${program}/search`) })
  const watched = await open(own)
  const { page, troubles } = watched
  const headings = page => page.locator('#frame .heading').allTextContents()
  await page.locator('.name').first().fill('моя «стена» & <b>100%</b>')
  for (const run of await page.locator('.run').all())
    await run.getByRole('checkbox').check()
  const ids = await page.locator('.run').evaluateAll(runs => runs.map(run => run.id.replace('run-', '')))
  await page.getByRole('button', { name: 'Chosen runs on one axis' }).click()
  await page.waitForURL(/overlay=/)
  assert.deepEqual(await headings(page), ['моя «стена» & <b>100%</b>', 'one'])
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'SVG' }).click()])
  const svg = await (await download.createReadStream()).setEncoding('utf8').reduce((text, part) => text + part, '')
  assert.deepEqual([...svg.matchAll(/class="heading">(.*?)<\/tspan>/g)].map(([, name]) => name), ['моя «стена» &amp; &lt;b&gt;100%&lt;/b&gt;', 'one'])
  await page.locator('#step').click()
  await page.waitForFunction(() => document.getElementById('frame').dataset.at === '0')
  assert.deepEqual(await headings(page), ['моя «стена» & <b>100%</b>', 'one'])
  // Whoever is given the link sees the same, in the other language too.
  const other = await open({ address: page.url(), query: '' })
  assert.deepEqual(await headings(other.page), ['моя «стена» & <b>100%</b>', 'one'])
  await other.page.getByRole('link', { name: 'Русский' }).click()
  await other.page.waitForURL(/lang=ru/)
  assert.deepEqual(await headings(other.page), ['моя «стена» & <b>100%</b>', 'one'])

  // The name of now, by the link to a replay and by an address that is written by hand.
  await page.getByRole('link', { name: 'All runs' }).click()
  await page.waitForURL(url => !url.href.includes('overlay') && !url.href.includes('name-'))
  await page.locator('.name').first().fill('стена')
  await page.getByRole('link', { name: 'Replay' }).first().click()
  await page.waitForURL(/replay=/)
  assert.deepEqual(await headings(page), ['стена'])
  await page.goto(`${own.address}?lang=en&overlay=${ids.join()}`)
  await page.waitForURL(/name-/)
  assert.deepEqual(await headings(page), ['стена', 'one'])
  assert.deepEqual(troubles, [])
  await other.close()
  await watched.close()
  await stop(own)
})

test('a replay says when the site is gone, and goes on when it is back', async () => {
  let own = await startSite('--latency', '0s')
  await lesson('03', own)
  const watched = await open(own)
  const { page } = watched
  await page.getByRole('link', { name: 'Replay' }).click()
  await page.waitForURL(/replay=/)
  await page.locator('#link[data-state=on]').waitFor()
  assert.equal(await page.locator('#link').innerText(), 'live')
  assert.equal(await stop(own), 0)
  await page.locator('#link[data-state=off]').waitFor()
  // Full screen, too, shows what is wrong.
  await page.locator('#screen').click()
  await page.waitForFunction(() => document.fullscreenElement)
  assert(await page.locator('#link').isVisible())
  own = await startSite('--latency', '0s', '--bind', new URL(own.address).host)
  await page.locator('#link[data-state=on]').waitFor({ state: 'attached' })
  assert(!await page.locator('#link').isVisible(), 'it is folded away again')
  // The new site knows nothing of the old one's runs, and says so.
  await page.locator('#step').press('Enter')
  await page.getByText('There is no such run, or none any more.').waitFor()
  assert.deepEqual(watched.troubles.filter(trouble => !/ERR_CONNECTION_REFUSED|\[object Event\]/.test(trouble)), [])
  await watched.close()
  await stop(own)
})

test('two runs of ten bars fit a projector, and a telephone shows the runs first', async () => {
  const own = await startSite()
  await lesson('01', own)
  await lesson('03', own)
  const ids = (await (await fetch(own.address)).text()).match(/(?<=id="run-)\d+/g)
  assert.equal(ids.length, 2)
  for (const viewport of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
    for (const lang of ['en', 'ru']) {
      for (const query of [`?lang=${lang}`, `?lang=${lang}&overlay=${ids.join()}`]) {
        const watched = await open({ ...own, query, viewport })
        await watched.page.locator('#screen').click()
        await watched.page.waitForFunction(() => document.fullscreenElement)
        const bottoms = selector => watched.page.locator(selector).evaluateAll(all => all.map(it => it.getBoundingClientRect().bottom))
        assert.equal((await bottoms('.bar')).length, 20)
        const bottom = Math.max(...await bottoms('.bar, .timeline'))
        assert(bottom <= viewport.height, `${query}: ${bottom} of ${viewport.height}`)
        for (const folded of ['.top', '#tools'])
          assert(!await watched.page.locator(folded).isVisible(), `${folded} is folded away`)
        // Letters that the last row can read.
        const letters = await watched.page.locator('.bar text:not(.exact)').first().evaluate(text => text.getBoundingClientRect().height)
        assert(letters >= 14, `letters of ${letters} pixels`)
        assert(await watched.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
        await watched.close()
      }
    }
  }
  const phone = await open({ ...own, viewport: { width: 390, height: 844 } })
  const top = selector => phone.page.locator(selector).first().evaluate(part => part.getBoundingClientRect().top)
  assert(await top('.run') < Math.min(await top('.how-to'), await top('#tools'), await top('#now')))
  assert(await top('.bar') < 844)
  await phone.page.goto(`${own.address}?lang=ru&overlay=${ids.join()}`)
  assert(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the picture is as wide as it must, and not the page')
  await phone.close()
  await stop(own)
})

/** Has axe look at a page in light and in dark. */
async function findNothingSerious(page, state) {
  await page.evaluate(axe.source)
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await page.evaluate(() => globalThis.axe.run())
    const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
    assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map(node => node.html)]), [], `${state}, ${colorScheme}`)
  }
}

test('axe finds nothing serious in any state, in both languages, light and dark', async () => {
  const empty = await startSite()
  const mishaps = await startSite('--gate', 'in-flight=2', '--fault', '3:500', '--fault', '4:drip=1h')
  hold(mishaps, 1)
  hold(mishaps, 4)
  await new Promise(done => get(`${mishaps.prefix}3`, answer => answer.resume().on('end', done)))
  const late = await startSite('--latency', '1h')
  const given = hold(late, 1)
  const crowd = await startSite('--latency', '0s', '--pages', '250')
  await lesson('03', crowd, '--pages', '250')
  const chosen = async (site, query) => {
    const ids = (await (await fetch(site.address)).text()).match(/(?<=id="run-)\d+/g)
    return `&${query}=${ids.slice(0, 2).join()}`
  }
  const step = page => page.locator('#step').press('Enter').then(() => page.waitForFunction(() => document.getElementById('frame').dataset.at === '0'))
  const states = [
    ['runs', site],
    ['nothing', empty],
    ['the parts of bars', mishaps],
    ['what was missed', late],
    ['a crowd', crowd],
    ['full', site, '', page => page.locator('#screen').click().then(() => page.waitForFunction(() => document.fullscreenElement))],
    ['an overlay', site, await chosen(site, 'overlay')],
    ['a replay at its beginning', site, await chosen(site, 'replay'), step],
    ['a replay of a crowd', crowd, await chosen(crowd, 'replay'), step],
    ['a replay of no run', empty, '&replay=1'],
  ]
  const watching = await open(late)
  await until(watching.page, 'in flight', 1)
  given.destroy()
  await until(watching.page, 'in flight', 0)
  await watching.close()
  for (const [state, { address }, query = '', act = () => {}] of states) {
    for (const lang of ['en', 'ru']) {
      const watched = await open({ address, query: `?lang=${lang}${query}` })
      await act(watched.page)
      await findNothingSerious(watched.page, `${state}, ${lang}`)
      assert.deepEqual(watched.troubles, [], state)
      await watched.close()
    }
  }
  await Promise.all([empty, mishaps, late, crowd].map(stop))
})

test('queries are lines and transactions are brackets, under the requests of their program', async () => {
  const database = ['--database', '--database-port', '0', '--latency', '0s']
  const own = await startSite(...database, '--statement-latency', '0s')
  const gated = await startSite(...database, '--statement-gate', 'in-flight=2')
  await databaseLesson(own, 'store', 'transaction', '--pages', '4', '--broken', '3')
  const held = databaseLesson(gated, 'held', 'one-by-one').catch(() => {})
  const [id] = (await (await fetch(own.address)).text()).match(/(?<=id="run-)\d+/)
  const words = {
    en: {
      figures: { 'requests': '4', 'transactions committed': '3', 'rolled back': '1' },
      legend: ['query', 'committed', 'rolled back'],
      query: /^create 1: asked at 0\.0 ms · answered after [\d.]+ ms · database connection 1 · CREATE TABLE IF NOT EXISTS cars /,
      transaction: /^transaction 4: began at [\d.]+ ms · (committed|rolled back) after [\d.]+ ms · database connection \d$/,
      waiting: /^create 1: asked at 0\.0 ms · waiting for ([\d.,]+) ms · /,
    },
    ru: {
      figures: { 'запросов': '4', 'транзакций зафиксировано': '3', 'отменено': '1' },
      legend: ['запрос к базе', 'транзакция зафиксирована', 'транзакция отменена'],
      query: /^create 1: запрос в момент 0,0 мс · выполнен через [\d,]+ мс · соединение с базой 1 · CREATE TABLE IF NOT EXISTS cars /,
      transaction: /^транзакция 4: начата в момент [\d,]+ мс · (зафиксирована|отменена) через [\d,]+ мс · соединение с базой \d$/,
      waiting: /^create 1: запрос в момент 0,0 мс · ждёт ([\d\s,]+) мс · /,
    },
  }
  for (const [lang, { figures, legend, query, transaction, waiting }] of Object.entries(words)) {
    const watched = await open({ ...own, query: `?lang=${lang}` })
    const { page, troubles } = watched
    const [rolledBack, one] = Object.entries(figures).at(-1)
    await page.locator('.run .figures div').filter({ hasText: new RegExp(`^${rolledBack}\\s*${one}$`) }).waitFor()
    const run = page.locator('.run')
    assert.equal(await run.count(), 1)
    for (const [name, value] of Object.entries(figures))
      assert.equal(await figure(run, name), value, name)
    for (const meaning of legend)
      assert.equal(await run.locator('.timeline > text.faint').getByText(meaning, { exact: true }).count(), 1, meaning)

    const labels = await run.locator('.bar').evaluateAll(bars => bars.map(bar => bar.getAttribute('aria-label')))
    const last = labels.length - 1
    assert.match(labels[4], query)
    assert.match(labels[last], transaction)
    const tops = await run.locator('.bar .field').evaluateAll(fields => fields.map(field => field.getBoundingClientRect().top))
    assert(tops.slice(1).every((top, index) => top > tops[index]), 'each is below the one before')
    // A transaction begins with its BEGIN.
    const parts = await run.locator('.bar').evaluateAll(bars => bars.map((bar) => {
      return { label: bar.getAttribute('aria-label'), left: bar.querySelector('.query, .bracket')?.getBoundingClientRect().left }
    }))
    for (const [number, bracket] of parts.slice(-4).entries()) {
      const begin = parts.find(({ label }) => label.startsWith(`begin ${number + 1}:`))
      assert(Math.abs(bracket.left - begin.left) < 3, `${JSON.stringify(bracket)} begins with ${JSON.stringify(begin)}`)
    }

    // One stop, and from there all are walked through.
    assert.equal(await page.locator('.timeline [tabindex="0"]').count(), 1)
    await run.locator('.bar').nth(3).focus()
    for (const [key, number] of [['ArrowDown', 4], ['End', last], ['ArrowUp', last - 1], ['Home', 0]]) {
      await page.keyboard.press(key)
      assert(await run.locator('.bar').nth(number).evaluate(bar => bar === document.activeElement), key)
      assert.deepEqual(await shown(page), [labels[number]])
    }
    await run.locator('.bar').nth(4).locator('.field').hover()
    assert.deepEqual(await shown(page), [labels[4]])
    const exact = await run.locator('.bar').nth(4).locator('.exact').boundingBox()
    const picture = await page.locator('.timeline').boundingBox()
    assert(exact.x + exact.width <= picture.x + picture.width && exact.y + exact.height <= picture.y + picture.height + 1, 'all details are in the picture')
    await findNothingSerious(page, `queries, ${lang}`)
    assert.deepEqual(troubles, [])
    await watched.close()

    // As they were: at first there was one query, and then each that began.
    const replay = await open({ ...own, query: `?lang=${lang}&replay=${id}` })
    assert.equal(await replay.page.locator('.bar').count(), labels.length)
    await replay.page.locator('#step').press('Enter')
    await replay.page.waitForFunction(() => document.getElementById('frame').dataset.at === '0')
    assert.equal(await replay.page.locator('.bar').count(), 1)
    assert.match(await replay.page.locator('.bar').getAttribute('aria-label'), waiting)
    assert.equal(await replay.page.locator('.timeline [tabindex="0"]').count(), 1)
    await findNothingSerious(replay.page, `a replay of queries, ${lang}`)
    assert.deepEqual(replay.troubles, [])
    await replay.close()

    // While it lasts, it grows.
    const growing = await open({ ...gated, query: `?lang=${lang}` })
    const time = async () => Number(waiting.exec(await growing.page.locator('.bar').getAttribute('aria-label'))[1].replace(/[\s,.]/g, ''))
    await growing.page.locator('.bar .query').waitFor()
    const before = await time()
    while (await time() <= before)
      await growing.page.waitForTimeout(50)
    await findNothingSerious(growing.page, `a query in flight, ${lang}`)
    assert.deepEqual(growing.troubles, [])
    await growing.close()
  }
  // A site whose programs ask no database shows nothing of one.
  assert.doesNotMatch(await (await fetch(site.address)).text(), /queries|database/)
  await Promise.all([own, gated].map(stop))
  await held
})

test('ten thousand requests in a run become a band, and the page still answers', async () => {
  const own = await startSite('--gate', 'in-flight=10000', '--pages', '10000')
  const [one, other] = [await open(own), await open({ ...own, query: '?lang=ru', colorScheme: 'dark' })]
  const asked = lesson('03', own, '--pages', '10000')
  const waits = []
  let ended = false
  asked.finally(() => ended = true)
  do {
    const began = performance.now()
    await new Promise((done, failed) => get(own.address, answer => answer.resume().on('end', done)).on('error', failed))
    waits.push(performance.now() - began)
  } while (!ended)
  await asked
  waits.sort((a, b) => a - b)
  console.log(`while 10,000 were in flight, / was answered ${waits.length} times, in ${waits[waits.length >> 1].toFixed()} ms (median), ${waits.at(-1).toFixed()} ms at most`)
  assert(waits[waits.length >> 1] < 1000)

  for (const { page, troubles } of [one, other]) {
    const number = await page.evaluate(() => document.documentElement.lang) === 'ru' ? '10\u00A0000' : '10,000'
    await page.locator('.run .figures').filter({ hasText: number }).waitFor()
    await page.waitForFunction(() => [...document.querySelectorAll('#now dd')].some(it => it.textContent === '0'))
    assert.equal(await page.locator('.bar').count(), 0)
    assert.equal(await page.locator('path.waiting').count(), 1)
    assert.deepEqual(troubles, [])
  }
  assert.equal(await figure(one.page.locator('.run'), 'peak in flight'), '10,000')
  await Promise.all([one.close(), other.close(), stop(own)])
})

test('it goes on by itself when the site is started anew', async () => {
  let own = await startSite('--latency', '0s')
  const watched = await open(own)
  const { page } = watched
  await lesson('03', own)
  await until(page, 'requests', 10)
  assert.equal(await stop(own), 0)
  await page.locator('#link[data-state=off]').waitFor()
  own = await startSite('--latency', '0s', '--pages', '5', '--bind', new URL(own.address).host)
  await page.locator('#link[data-state=on]').waitFor()
  await until(page, 'pages', 5)
  await until(page, 'requests', 0)
  assert.equal(await page.locator('.run').count(), 0)
  await lesson('03', own, '--pages', '3')
  await until(page, 'requests', 3)
  assert.equal(await page.locator('.bar').count(), 3)
  // A site that is not there is the one thing that a browser complains of.
  assert.deepEqual(watched.troubles.filter(trouble => !/ERR_CONNECTION_REFUSED|\[object Event\]/.test(trouble)), [])
  await watched.close()
  await stop(own)
})
