//! The colours and shapes of the pictures.

/// Okabe and Ito's colours, which colour-blind people can tell apart, for a light and a dark background.
pub(crate) const PALETTES: [&str; 2] = [
    "--ground:#ffffff;--ink:#1f2430;--faint:#6b7280;--line:#d5d9e0;--waiting:#0072b2;--answering:#009e73;\
     --failed:#d55e00;--cut:#a64d86",
    "--ground:#14171d;--ink:#eceff4;--faint:#a3abb8;--line:#343a46;--waiting:#56b4e9;--answering:#2fc79b;\
     --failed:#f0a53a;--cut:#dd94c3",
];

/// The style of a picture's classes. Shapes repeat what colours say: an answer is thinner than the wait for it, a
/// failure is hollow, an end without an answer has a mark, what a gate holds is striped, and what never was is dashed.
pub(crate) const RULES: &str = "\
    text{fill:var(--ink)}.faint{fill:var(--faint)}.end{text-anchor:end}.heading{font-weight:600}\
    .line{stroke:var(--line)}.waiting{fill:var(--waiting)}.answering{fill:var(--answering)}\
    .failed{fill:var(--failed);fill-opacity:.15;stroke:var(--failed);stroke-width:1.5}\
    .cut{stroke:var(--cut);stroke-width:4;fill:none}\
    .gated{stroke:var(--faint);stroke-dasharray:3;fill:none}\
    .missed{stroke:var(--faint);stroke-width:1.5;stroke-dasharray:4 3;fill:none}.middle{text-anchor:middle}";
