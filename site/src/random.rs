//! Random numbers that follow from a scenario's seed.

/// What random numbers are drawn for. Each has a generator of its own, so that no draw depends on another.
#[derive(Clone, Copy, Debug)]
pub enum Draw {
    /// Which ids the cars have.
    Ids,
    /// How long the answer for a listing page takes.
    PageLatency(u32),
    /// The properties of the car with an id.
    Car(u32),
    /// How long the answer for a car's details page takes.
    CarLatency(u32),
    /// How long the `number`th statement of a kind takes, kinds being numbered.
    #[cfg(feature = "database")]
    StatementLatency {
        /// The kind.
        kind: u8,
        /// The number.
        number: u32,
    },
}

impl Draw {
    /// The generator for this draw and a seed; it is the same each time.
    pub fn random(self, seed: u64) -> fastrand::Rng {
        let (kind, number): (u64, u32) = match self {
            Self::Ids => (0, 0),
            Self::PageLatency(page) => (0, page),
            Self::Car(id) => (1, id),
            Self::CarLatency(id) => (2, id),
            #[cfg(feature = "database")]
            Self::StatementLatency { kind, number } => (3 + u64::from(kind), number),
        };
        let what = kind << 32 | u64::from(number);
        let mut mixer = fastrand::Rng::with_seed(seed);
        fastrand::Rng::with_seed(mixer.u64(..) ^ what.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
