//! Randomness that follows from a scenario's seed.

/// What a random number decides. Each thing has a source of its own, so that it does not depend on what else was drawn.
#[derive(Clone, Copy, Debug)]
pub enum Draw {
    /// Which ids the cars have.
    Ids,
    /// How long the answer for a listing page takes.
    PageLatency(u32),
    /// What the car with an id is like.
    Car(u32),
    /// How long the answer for a car's details page takes.
    CarLatency(u32),
}

impl Draw {
    /// The source of randomness for this under a seed: the same each time.
    pub fn random(self, seed: u64) -> fastrand::Rng {
        let (kind, number): (u64, u32) = match self {
            Self::Ids => (0, 0),
            Self::PageLatency(page) => (0, page),
            Self::Car(id) => (1, id),
            Self::CarLatency(id) => (2, id),
        };
        let what = kind << 32 | u64::from(number);
        let mut mixer = fastrand::Rng::with_seed(seed);
        fastrand::Rng::with_seed(mixer.u64(..) ^ what.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
