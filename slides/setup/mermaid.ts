import { defineMermaidSetup } from '@slidev/types'

/** The timelines' colours: blue waits, green answers. */
export default defineMermaidSetup(() => {
  const dark = document.documentElement.classList.contains('dark')
  const [ink, ground, line, waiting, answering, note] = dark
    ? ['#eceff4', '#14171d', '#4b5361', '#56b4e9', '#2fc79b', '#22303d']
    : ['#1f2430', '#ffffff', '#aab1bd', '#0072b2', '#009e73', '#e6f1f8']
  return {
    theme: 'base',
    // Words stay readable where they cross a lifeline.
    themeCSS: `
      .messageText { paint-order: stroke; stroke: ${ground} !important; stroke-width: 6px !important }
      .messageLine0 { stroke: ${waiting} !important; stroke-width: 2px }
      .messageLine1 { stroke: ${answering} !important; stroke-width: 2px }
    `,
    fontFamily: '"PT Sans", sans-serif',
    sequence: { mirrorActors: false, messageMargin: 30, actorMargin: 120, height: 44, boxMargin: 4, noteMargin: 8 },
    themeVariables: {
      fontSize: '18px',
      background: ground,
      actorBkg: ground,
      actorBorder: waiting,
      actorTextColor: ink,
      actorLineColor: line,
      signalColor: ink,
      signalTextColor: ink,
      activationBkgColor: waiting,
      activationBorderColor: waiting,
      noteBkgColor: note,
      noteBorderColor: note,
      noteTextColor: ink,
      labelTextColor: ink,
      loopTextColor: ink,
      labelBoxBkgColor: ground,
      labelBoxBorderColor: line,
    },
  }
})
