import { defineMermaidSetup } from '@slidev/types'

/**
 * Diagrams have the deck's colours by way of its variables, so that they follow a change between light and dark: what
 * waits is blue, an answer is green.
 */
const CSS = `
  rect.actor { fill: var(--ground) !important; stroke: var(--ink) !important }
  text.actor > tspan, .noteText > tspan, .messageText { fill: var(--ink) !important }
  .actor-line { stroke: var(--line) !important }
  .messageText { paint-order: stroke; stroke: var(--ground) !important; stroke-width: 6px !important }
  .messageLine0 { stroke: var(--ink) !important; stroke-width: 2px }
  .messageLine1 { stroke: var(--answering) !important; stroke-width: 2px }
  marker path { fill: var(--ink) !important; stroke: var(--ink) !important }
  .activation0 { fill: var(--waiting) !important; stroke: var(--waiting) !important }
  rect.note { fill: var(--note) !important; stroke: var(--note) !important }
`

export default defineMermaidSetup(() => ({
  theme: 'base',
  themeCSS: CSS,
  themeVariables: { fontSize: '18px' },
  fontFamily: '"PT Sans", sans-serif',
  sequence: { mirrorActors: false, messageMargin: 30, actorMargin: 100, width: 140, height: 44, diagramMarginX: 4, boxMargin: 4, noteMargin: 8 },
}))
