// What the page needs a script for: remembering names and the theme, copying, moving through bars by keyboard, and
// watching only while it is visible. Pictures come from the server, and htmx puts them in place.
'use strict'

/** The browser's memory of a name or the theme; where it allows none, things are as on the first visit. */
function remembered(key, value) {
  try {
    if (value !== undefined)
      value ? localStorage.setItem(key, value) : localStorage.removeItem(key)
    return localStorage.getItem(key) ?? ''
  }
  catch {
    return ''
  }
}

const root = document.documentElement
// Before anything is drawn.
root.dataset.theme = remembered('theme')
root.toggleAttribute('data-framed', self !== top)

function isDark() {
  return root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
}

/** Gives what is new on the page its name and the time as it is here. */
function dress() {
  for (const input of document.querySelectorAll('.name')) {
    if (input !== document.activeElement)
      input.value = remembered(input.id)
    nameReplay(input)
  }
  for (const time of document.querySelectorAll('time'))
    time.textContent = new Date(time.dateTime).toLocaleTimeString(root.lang)
}

/** Puts a run's name into the address of its replay, so that the server draws it under that name. */
function nameReplay({ id, value, parentElement }) {
  const replay = parentElement.querySelector('.replay')
  const address = new URL(replay.href)
  value.trim() ? address.searchParams.set(id, value) : address.searchParams.delete(id)
  replay.href = address
}

function say(isConnected) {
  const link = document.getElementById('link')
  link.dataset.state = isConnected ? 'on' : 'off'
  link.textContent = isConnected ? link.dataset.on : link.dataset.off
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy)
  }
  catch {
    // Browsers give the clipboard only to pages from this machine or over https. For other machines of a class, this is
    // the old way.
    getSelection().selectAllChildren(button.previousElementSibling)
    document.execCommand('copy')
  }
  const text = button.textContent
  button.textContent = button.dataset.done
  button.disabled = true
  setTimeout(() => {
    button.textContent = text
    button.disabled = false
  }, 1500)
}

/** Goes from a bar, or a place of a band, to another of its picture. The one that is focused is the tab key's stop. */
function walk(event) {
  const bar = event.target.closest?.('.bar, .place')
  if (!bar)
    return
  const bars = [...bar.parentElement.querySelectorAll(`.${bar.getAttribute('class')}`)]
  const place = bars.indexOf(bar)
  const [forwards, backwards] = bar.matches('.bar') ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft']
  const next = {
    [forwards]: place + 1,
    [backwards]: place - 1,
    PageDown: place + 10,
    PageUp: place - 10,
    Home: 0,
    End: bars.length - 1,
  }[event.key]
  if (next === undefined)
    return
  event.preventDefault()
  const target = bars[Math.min(Math.max(next, 0), bars.length - 1)]
  bar.setAttribute('tabindex', '-1')
  target.setAttribute('tabindex', '0')
  target.focus()
}

/** The stream of events. */
let source

/** Watches only while the page is visible: a browser has six connections to a site, and hidden tabs would occupy them. */
function watchIfSeen() {
  if (document.hidden)
    return source?.close()
  if (source?.readyState !== EventSource.CLOSED)
    return
  const stream = document.querySelector('[sse-connect]')
  const anew = stream.cloneNode()
  stream.replaceWith(anew)
  htmx.process(anew)
}

document.addEventListener('visibilitychange', watchIfSeen)
// A page that comes back from the browser's cache has stopped watching.
addEventListener('pageshow', watchIfSeen)
// Otherwise leaving the page would be reported as a failure.
addEventListener('pagehide', () => source?.close())

document.addEventListener('DOMContentLoaded', () => {
  // Set before htmx begins to watch, which it does on the same event.
  htmx.createEventSource = (url) => {
    source = new EventSource(url)
    watchIfSeen()
    return source
  }
  dress()
  const screen = document.getElementById('screen')
  screen.hidden = !document.fullscreenEnabled
  screen.addEventListener('click', () => document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen())
  document.getElementById('theme').addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    remembered('theme', root.dataset.theme)
  })
})
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-copy]')
  if (button)
    copy(button)
})
document.addEventListener('input', (event) => {
  if (!event.target.matches('.name'))
    return
  remembered(event.target.id, event.target.value)
  nameReplay(event.target)
})
// The names of chosen runs go into their address likewise.
document.addEventListener('formdata', ({ formData }) => {
  for (const name of formData.getAll('overlay').map(run => `name-${run}`))
    if (remembered(name).trim())
      formData.append(name, remembered(name))
})
document.addEventListener('keydown', walk)
document.addEventListener('htmx:sseMessage', dress)
document.addEventListener('htmx:sseOpen', () => say(true))
document.addEventListener('htmx:sseError', () => say(false))
