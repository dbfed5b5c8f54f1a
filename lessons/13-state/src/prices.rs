//! What the tasks share.

use std::fmt;

// #region prices
/// The prices so far: four values that belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    pub count: u32,
    pub sum: u64,
    pub least: Option<u32>,
    pub greatest: Option<u32>,
}

impl Prices {
    pub fn add(&mut self, price: u32) {
        self.count += 1;
        self.sum += u64::from(price);
        let least = self.least.map_or(price, |least| least.min(price));
        self.least = Some(least);
        self.greatest = self.greatest.max(Some(price));
    }
}
// #endregion prices

impl fmt::Display for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prices: {} Sum: {}", self.count, self.sum)?;
        match (self.least, self.greatest) {
            (Some(least), Some(greatest)) => write!(f, " Min: {least} Max: {greatest}"),
            _ => Ok(()),
        }
    }
}
