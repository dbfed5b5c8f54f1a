//! SQLite in a file, by a driver that blocks: each call returns when it is done.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, Result, params};
use shared::Car;

/// How many pages the forms with this driver have in flight at most.
pub const AT_ONCE: u32 = 3;

/// How long a call waits for a lock. A driver that gives up sooner says `database is locked`.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to the file.
pub fn open(file: &Path) -> Result<Connection> {
    let database = Connection::open(file)?;
    database.busy_timeout(PATIENCE)?;
    Ok(database)
}

/// Creates the table, and has another connection lock the file for a while.
pub fn create_and_lock(file: &Path, time: Duration) -> Result<()> {
    let other = open(file)?;
    other.execute_batch(
        "CREATE TABLE cars (id integer PRIMARY KEY, page integer, make text, model text, year integer, price integer);
         BEGIN EXCLUSIVE",
    )?;
    thread::spawn(move || {
        #[expect(clippy::disallowed_methods, reason = "nothing asynchronous is on this thread")]
        thread::sleep(time);
        other.execute_batch("COMMIT")
    });
    Ok(())
}

// #region insert
/// Stores a page's cars, all or none of them, and asks how many there are.
pub fn store(database: &mut Connection, page: u32, cars: &[Car]) -> Result<i64> {
    // It writes from the beginning, so it waits for the lock here.
    let transaction = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for car in cars {
        transaction.execute(
            "INSERT INTO cars (id, page, make, model, year, price) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![car.id, page, car.make, car.model, car.year, car.price],
        )?;
    }
    transaction.commit()?;
    database.query_row("SELECT count(*) FROM cars WHERE page = ?1", [page], |row| row.get(0))
}
// #endregion insert
