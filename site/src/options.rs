//! The options that say what the practice site does.

use std::num::NonZero;

use clap::Args;

use crate::scenario::{
    DatabaseScenario, Fault, Gate, Invalid, Latency, LatencyRule, Scenario, SizeRule, StatementFault,
};

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

    /// Make a page or a car's page fail: 3:404, 3:fail-first=2, 3:never, 3:reset, 3:cut, 3:cut-first=1, 3:drip=2s,
    /// details/1234:never (may be repeated)
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

/// The options that say what the practice database does.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct DatabaseOptions {
    /// How long the database's statements take: a range from which each one's latency is drawn [default: 10ms..30ms]
    #[arg(long, value_name = "FROM..TO")]
    pub statement_latency: Option<Latency>,

    /// Hold the database's statements: in-flight=N[,backwards|,one-at-a-time] or quiet=TIME
    #[arg(long, value_name = "GATE")]
    pub statement_gate: Option<Gate>,

    /// Make a statement fail, by its kind and number: 'insert 3: 40001' (that SQLSTATE), 'select 2: never', 'insert 5:
    /// close' (the connection, before it is executed), 'commit 1: lost' (closed after it; may be repeated)
    #[arg(long, value_name = "STATEMENT:WHAT")]
    pub statement_fault: Vec<StatementFault>,

    /// How many connections the database accepts; further ones are refused with 53300 [default: 100]
    #[arg(long, value_name = "N", value_parser = connections, allow_hyphen_values = true)]
    pub database_connections: Option<NonZero<u32>>,
}

fn connections(text: &str) -> Result<NonZero<u32>, &'static str> {
    text.parse().map_err(|_| "a whole number from 1 is needed")
}

impl DatabaseOptions {
    /// Whether none is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Applies the options to `base`, for a scenario that will be checked.
    #[must_use]
    pub fn apply(self, base: DatabaseScenario) -> DatabaseScenario {
        // A gate takes the place of a latency, and the other way round.
        let (latency, gate) = match (self.statement_latency, self.statement_gate) {
            (None, None) => (base.latency, base.gate),
            given => given,
        };
        DatabaseScenario {
            latency,
            gate,
            connections: self.database_connections.unwrap_or(base.connections),
            faults: [base.faults, self.statement_fault].concat(),
        }
    }
}
