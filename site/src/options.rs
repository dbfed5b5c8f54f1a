//! The options that say what the practice site does.

use clap::Args;

use crate::scenario::{Fault, Gate, Invalid, LatencyRule, Scenario, SizeRule};

/// The options that say what the practice site does.
#[derive(Args, Clone, Debug, Default)]
pub struct ScenarioOptions {
    /// How long answers take: a range from which each page's latency is drawn; 3:2s and details/1234:1s..2s are for one
    /// page or car alone (may be repeated) [default: 100ms..300ms]
    #[arg(long, value_name = "FROM..TO")]
    pub latency: Vec<LatencyRule>,

    /// The number from which cars, prices and latencies are drawn [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// How large pages are at least: 64MB, or 3:64MB for one page alone (may be repeated) [default: as their cars need]
    #[arg(long, value_name = "SIZE")]
    pub page_size: Vec<SizeRule>,

    /// Hold answers: in-flight=N[,backwards|,one-at-a-time] or quiet=TIME
    #[arg(long, value_name = "GATE")]
    pub gate: Option<Gate>,

    /// Make a page or a car's page fail: 3:404, 3:fail-first=2, 3:never, 3:reset, 3:cut, 3:drip=2s, details/1234:never
    /// (may be repeated)
    #[arg(long, value_name = "PAGE:WHAT")]
    pub fault: Vec<Fault>,
}

impl ScenarioOptions {
    /// Applies the options to `base`, and checks the result.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn apply(self, base: Scenario) -> Result<Scenario, Invalid> {
        let is_replaced = |rule: &LatencyRule| self.latency.iter().any(|own| own.target == rule.target);
        let kept = base.latency.into_iter().filter(|rule| !is_replaced(rule)).collect();
        let is_resized = |rule: &SizeRule| self.page_size.iter().any(|own| own.page == rule.page);
        let sizes = base.page_size.into_iter().filter(|rule| !is_resized(rule)).collect();
        Scenario {
            seed: self.seed.unwrap_or(base.seed),
            latency: [kept, self.latency].concat(),
            page_size: [sizes, self.page_size].concat(),
            gate: self.gate.or(base.gate),
            faults: [base.faults, self.fault].concat(),
            ..base
        }
        .validated()
    }
}
