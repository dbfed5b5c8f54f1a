// The replay of runs. The server draws each frame; this only asks for the moment that is due.
'use strict'

{
  const player = document.getElementById('player')
  const [play, step, speed, moment, clock] = ['play', 'step', 'speed', 'moment', 'clock'].map(id => document.getElementById(id))
  let isPlaying = false
  /** Frames are asked for one after another, so that none overtakes another. */
  let last = Promise.resolve()

  /** Names that this browser has for runs whose address has none, as when it was written by hand. */
  function named() {
    const address = new URL(location.href)
    for (const name of document.querySelector('main').dataset.unnamed.split('.').map(run => `name-${run}`))
      if (remembered(name).trim() && !address.searchParams.has(name))
        address.searchParams.set(name, remembered(name))
    return address.href
  }

  if (named() !== location.href)
    location.replace(named())

  /** Shows the frame that `query` asks for. */
  function show(query) {
    return last = last.then(async () => {
      const answer = await fetch(`${player.dataset.frames}&${query}`)
      if (!answer.ok)
        return
      const focused = document.activeElement?.closest('#frame') && document.activeElement.id
      document.getElementById('frame').outerHTML = await answer.text()
      if (focused)
        document.getElementById(focused)?.focus({ preventScroll: true })
      const { at, text } = document.getElementById('frame').dataset
      moment.value = at
      moment.setAttribute('aria-valuetext', text)
      clock.textContent = text
    }).catch(() => setPlaying(false))
  }

  function now() {
    return Number(document.getElementById('frame').dataset.at)
  }

  function end() {
    return Number(moment.max)
  }

  function setPlaying(value) {
    isPlaying = value
    play.textContent = value ? play.dataset.pause : play.dataset.play
  }

  async function run() {
    let at = now() >= end() ? 0 : now()
    let before = performance.now()
    while (isPlaying && at < end()) {
      await show(`at=${Math.round(at)}`)
      await new Promise(requestAnimationFrame)
      const present = performance.now()
      at += (present - before) * 1000 * Number(speed.value)
      before = present
    }
    if (isPlaying)
      await show(`at=${end()}`)
    setPlaying(false)
  }

  play?.addEventListener('click', () => {
    setPlaying(!isPlaying)
    if (isPlaying)
      run()
  })
  step?.addEventListener('click', () => {
    setPlaying(false)
    show(now() >= end() ? 'at=0' : `after=${now()}`)
  })
  moment?.addEventListener('input', () => {
    setPlaying(false)
    show(`at=${moment.value}`)
  })
}
