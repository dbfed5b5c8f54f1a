//! The database itself: SQLite, with transactions side by side.
//!
//! SQLite has one writer at a time. So each transaction works on a copy of its own, in memory, and what it changed is
//! done again on the main database when it commits: row by row, unless another transaction has changed one of the rows
//! since the copy was made. That is PostgreSQL's isolation level REPEATABLE READ. A statement outside of a transaction
//! is a transaction of its own, and is executed again on a newer copy when another one came first.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::hooks::{Action, AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, ffi};

use super::dialect::NEXT_NUMBER;
use super::failure::{Failure, state};
use super::infer::Columns;
use super::turns::Turn;
use super::types::Type;

/// The largest database, in pages of 4 KiB. Each open transaction may have a copy.
const MOST_PAGES: u32 = 4_096;
/// The longest value, and the most that a result may take, in bytes.
const LARGEST: usize = 16 << 20;
/// How many copies are kept for the next transactions.
const SPARES: usize = 8;
/// How many steps of SQLite's machine are made between two looks at the clock.
const STEPS: i32 = 1_000;
/// How many changed rows are remembered for transactions that began before they were changed.
const MOST_REMEMBERED: usize = 1_000_000;

/// The database.
#[derive(Debug)]
pub struct Snapshots {
    main: Mutex<Main>,
    spares: Mutex<Vec<Copy>>,
    sequences: Sequences,
}

/// The last numbers that sequences gave, which no rollback takes back.
type Sequences = Arc<Mutex<HashMap<String, i64>>>;
/// Rows, by table and by SQLite's number for each.
type Rows = HashMap<String, HashSet<i64>>;

#[derive(Debug)]
struct Main {
    connection: Connection,
    /// Counted up by each commit that changed something.
    version: u64,
    /// What the latest commits changed, oldest first.
    changes: VecDeque<(u64, Rows)>,
    remembered: usize,
    /// The version after which all changes are remembered.
    since: u64,
    /// How many transactions began at each version, and are open.
    open: BTreeMap<u64, usize>,
}

/// A copy of the main database.
#[derive(Debug)]
struct Copy {
    connection: Connection,
    version: u64,
    touched: Arc<Mutex<Touched>>,
}

/// The rows that were touched, by table; and whether each was there before.
type Touched = HashMap<String, BTreeMap<i64, bool>>;

/// The columns of a result: names, and types where SQLite knows them.
pub type Described = Vec<(String, Option<Type>)>;

/// What a statement returned.
#[derive(Debug, Default)]
pub struct Answer {
    pub rows: Vec<Vec<Value>>,
    /// How many rows it changed.
    pub changed: u64,
}

/// A transaction in progress.
#[derive(Debug)]
pub struct Work {
    snapshots: Arc<Snapshots>,
    /// Only `None` while it is dropped.
    copy: Option<Copy>,
    /// The version that it is a copy of.
    began: u64,
    /// The statements that changed tables themselves, in order.
    definitions: Vec<String>,
}

impl Snapshots {
    /// An empty database.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn new() -> Result<Arc<Self>, Failure> {
        let sequences = Sequences::default();
        let connection = open(&sequences).map_err(failure)?;
        connection.execute_batch("PRAGMA foreign_keys = OFF").map_err(failure)?;
        Ok(Arc::new(Self {
            main: Mutex::new(Main {
                connection,
                version: 0,
                changes: VecDeque::new(),
                remembered: 0,
                since: 0,
                open: BTreeMap::new(),
            }),
            spares: Mutex::default(),
            sequences,
        }))
    }

    /// Begins a transaction on the present state.
    ///
    /// # Errors
    /// 53200 when there is no memory for a copy.
    pub fn begin(self: &Arc<Self>) -> Result<Work, Failure> {
        let mut main = self.main();
        let version = main.version;
        let spare = {
            let mut spares = self.spares.lock().unwrap_or_else(PoisonError::into_inner);
            let newest = spares.iter().rposition(|copy| copy.version == version);
            newest.map(|place| spares.swap_remove(place)).or_else(|| spares.pop())
        };
        let mut copy = match spare {
            Some(copy) => copy,
            None => Copy::new(&self.sequences).map_err(failure)?,
        };
        copy.refresh(&main).map_err(failure)?;
        *main.open.entry(version).or_default() += 1;
        drop(main);
        let work = Work { snapshots: Arc::clone(self), copy: Some(copy), began: version, definitions: Vec::new() };
        work.connection()?.execute_batch("BEGIN").map_err(failure)?;
        Ok(work)
    }

    fn main(&self) -> MutexGuard<'_, Main> {
        self.main.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection to an empty database in memory, which can't reach anything else.
fn open(sequences: &Sequences) -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(&format!(
        "PRAGMA max_page_count = {MOST_PAGES}; PRAGMA temp_store = MEMORY; PRAGMA hard_heap_limit = {}; PRAGMA foreign_keys = ON",
        1_u64 << 30
    ))?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::try_from(LARGEST).unwrap_or(i32::MAX))?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let sequences = Arc::clone(sequences);
    let next = move |context: &Context<'_>| {
        let name: String = context.get(0)?;
        let mut sequences = sequences.lock().unwrap_or_else(PoisonError::into_inner);
        let number = sequences.entry(name).or_default();
        *number = number.saturating_add(1);
        Ok(*number)
    };
    connection.create_scalar_function(NEXT_NUMBER, 1, FunctionFlags::SQLITE_UTF8, next)?;
    let constants = [
        ("version", format!("PostgreSQL's protocol in front of SQLite {}", rusqlite::version())),
        ("current_database", "practice".to_owned()),
        ("current_schema", "public".to_owned()),
        ("pg_advisory_unlock_all", String::new()),
    ];
    for (name, value) in constants {
        connection.create_scalar_function(name, 0, FunctionFlags::SQLITE_UTF8, move |_| Ok(value.clone()))?;
    }
    Ok(connection)
}

impl Copy {
    fn new(sequences: &Sequences) -> rusqlite::Result<Self> {
        let connection = open(sequences)?;
        let touched = Arc::new(Mutex::new(Touched::new()));
        let noted = Arc::clone(&touched);
        connection.update_hook(Some(move |action: Action, _: &str, table: &str, row: i64| {
            let mut touched = noted.lock().unwrap_or_else(PoisonError::into_inner);
            let was_there = action != Action::SQLITE_INSERT;
            match touched.get_mut(table) {
                Some(rows) => _ = rows.entry(row).or_insert(was_there),
                None => _ = touched.insert(table.to_owned(), BTreeMap::from([(row, was_there)])),
            }
        }))?;
        let mut dropped = None;
        connection.authorizer(Some(move |context: AuthContext<'_>| may(context, &mut dropped)))?;
        Ok(Self { connection, version: 0, touched })
    }

    /// Makes it a copy of the present state.
    fn refresh(&mut self, main: &Main) -> rusqlite::Result<()> {
        if self.version == main.version {
            return Ok(());
        }
        // Both are in memory and this one is nobody else's, so there is nothing to wait for.
        let backup = Backup::new(&main.connection, &mut self.connection)?;
        if backup.step(-1)? == StepResult::Done {
            drop(backup);
            self.version = main.version;
        }
        Ok(())
    }

    fn touched(&self) -> MutexGuard<'_, Touched> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a client's statement may do: nothing outside of its copy. `dropped` is a table that is being dropped.
fn may(context: AuthContext<'_>, dropped: &mut Option<String>) -> Authorization {
    match context.action {
        AuthAction::DropTable { table_name } => {
            *dropped = Some(table_name.to_owned());
            Authorization::Allow
        }
        // 'Ignore' makes SQLite delete row by row: it would otherwise empty a table without saying what was in it.
        AuthAction::Delete { table_name } if !table_name.starts_with("sqlite_") => {
            if dropped.take().is_some_and(|dropped| dropped == table_name) {
                Authorization::Allow
            } else {
                Authorization::Ignore
            }
        }
        AuthAction::Attach { .. }
        | AuthAction::Detach { .. }
        | AuthAction::Pragma { .. }
        | AuthAction::CreateVtable { .. }
        | AuthAction::DropVtable { .. }
        | AuthAction::CreateTrigger { .. }
        | AuthAction::CreateTempTrigger { .. }
        | AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateTempView { .. }
        | AuthAction::Function {
            function_name: "load_extension" | "fts3_tokenizer" | "edit" | "readfile" | "writefile",
        } => Authorization::Deny,
        _ => Authorization::Allow,
    }
}

impl Work {
    /// The columns of a table, if there is one with this name.
    pub fn columns_of(&self, table: &str) -> Option<Columns> {
        let described = self.describe(&format!("SELECT * FROM {}", quoted(table))).ok()?;
        Some(described.into_iter().map(|(name, of)| (name.to_lowercase(), of.unwrap_or(Type::Text))).collect())
    }

    /// The results that a statement in SQLite's words will have; none if it returns no rows.
    ///
    /// # Errors
    /// What is wrong with the statement.
    pub fn describe(&self, sql: &str) -> Result<Described, Failure> {
        let statement = self.connection()?.prepare_cached(sql).map_err(failure)?;
        let typed = |of: &str| Type::named(&of.to_lowercase());
        Ok(statement
            .columns()
            .iter()
            .map(|column| (column.name().to_owned(), column.decl_type().and_then(typed)))
            .collect())
    }

    /// Executes a statement in SQLite's words. `changes_tables` says whether it defines tables instead of changing rows.
    ///
    /// # Errors
    /// What is wrong with the statement or with what it does; 57014 when its turn is over; 54000 when it returns too much.
    pub fn run(
        &mut self,
        sql: &str,
        parameters: &[Value],
        turn: &Arc<Turn>,
        changes_tables: bool,
    ) -> Result<Answer, Failure> {
        let connection = self.connection()?;
        let watched = Arc::clone(turn);
        connection.progress_handler(STEPS, Some(move || watched.is_over())).map_err(failure)?;
        let answer = execute(connection, sql, parameters);
        connection.progress_handler(0, None::<fn() -> bool>).map_err(failure)?;
        let answer = answer?;
        if changes_tables {
            self.definitions.push(sql.to_owned());
        }
        Ok(answer)
    }

    /// The rows of a statement in SQLite's words that its owner trusts, each value as text.
    ///
    /// # Errors
    /// What is wrong with the statement.
    pub fn ask(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Failure> {
        let text = |value: &Value| match value {
            Value::Null => None,
            Value::Integer(number) => Some(number.to_string()),
            Value::Real(number) => Some(number.to_string()),
            Value::Text(text) => Some(text.clone()),
            Value::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        };
        let answer = execute(self.connection()?, sql, &[])?;
        Ok(answer.rows.iter().map(|row| row.iter().map(text).collect()).collect())
    }

    /// Sets, releases or goes back to a savepoint.
    ///
    /// # Errors
    /// 3B001 when there is none with this name.
    pub fn savepoint(&mut self, sql: &str) -> Result<(), Failure> {
        self.connection()?.execute_batch(sql).map_err(|why| match failure(why) {
            why if why.message.contains("savepoint") => Failure::new(state::INVALID_SAVEPOINT, why.message),
            why => why,
        })
    }

    /// Ends the transaction and does what it did on the main database.
    ///
    /// # Errors
    /// 40001 when another transaction changed a row that this one changed, too; the error of a constraint that does not
    /// hold any more. Nothing of the transaction is there then.
    pub fn commit(mut self) -> Result<(), Failure> {
        let snapshots = Arc::clone(&self.snapshots);
        let definitions = mem::take(&mut self.definitions);
        let Some(copy) = &mut self.copy else { return Ok(()) };
        let touched = mem::take(&mut *copy.touched());
        if copy.connection.is_autocommit() {
            // An error has ended SQLite's transaction: what was before it is gone.
            return Err(Failure::new(
                state::SERIALIZATION_FAILURE,
                "the transaction was rolled back by an earlier error",
            ));
        }
        copy.connection.execute_batch("COMMIT").map_err(failure)?;
        if touched.is_empty() && definitions.is_empty() {
            return Ok(());
        }
        let mut main = snapshots.main();
        // Until it is known to be the same again, it is a copy of nothing.
        copy.version = u64::MAX;
        main.check(&touched, self.began)?;
        main.connection.execute_batch("BEGIN").map_err(failure)?;
        let is_newest = main.version == self.began;
        let done = main
            .redo(&copy.connection, &touched, &definitions, is_newest)
            .and_then(|()| main.connection.execute_batch("COMMIT").map_err(failure));
        if let Err(why) = done {
            // It may have been rolled back already.
            let _ = main.connection.execute_batch("ROLLBACK");
            return Err(why);
        }
        main.version += 1;
        if is_newest {
            copy.version = main.version;
        }
        main.remember(touched);
        Ok(())
    }

    fn connection(&self) -> Result<&Connection, Failure> {
        self.copy
            .as_ref()
            .map(|copy| &copy.connection)
            .ok_or_else(|| Failure::new(state::INTERNAL_ERROR, "the transaction has ended"))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let Some(copy) = self.copy.take() else { return };
        let is_whole = copy.connection.is_autocommit() || copy.connection.execute_batch("ROLLBACK").is_ok();
        copy.touched().clear();
        self.snapshots.main().forget(self.began);
        let mut spares = self.snapshots.spares.lock().unwrap_or_else(PoisonError::into_inner);
        if is_whole && spares.len() < SPARES {
            spares.push(copy);
        }
    }
}

impl Main {
    /// Checks that no row that was touched has been changed since the copy was made.
    fn check(&self, touched: &Touched, began: u64) -> Result<(), Failure> {
        let conflict = |why: &str| Err(Failure::new(state::SERIALIZATION_FAILURE, why));
        if began < self.since {
            return conflict("could not serialize access: the transaction began too long ago");
        }
        for (_, changed) in self.changes.iter().rev().take_while(|(version, _)| *version > began) {
            let meets = |(table, rows): (&String, &BTreeMap<i64, bool>)| {
                changed
                    .get(table)
                    .is_some_and(|changed| rows.iter().any(|(row, was_there)| *was_there && changed.contains(row)))
            };
            if touched.iter().any(meets) {
                return conflict("could not serialize access due to concurrent update");
            }
        }
        Ok(())
    }

    /// Does again what a transaction did on its copy: first all that goes, then all that comes, so that a value may move
    /// from one row to another.
    fn redo(
        &self,
        copy: &Connection,
        touched: &Touched,
        definitions: &[String],
        is_newest: bool,
    ) -> Result<(), Failure> {
        for sql in definitions {
            self.connection.execute_batch(sql).map_err(failure)?;
        }
        let mut tables = Vec::new();
        for (table, rows) in touched {
            let name = quoted(table);
            // None if the transaction has dropped it.
            let Ok(statement) = copy.prepare(&format!("SELECT * FROM {name}")) else { continue };
            let columns: Vec<String> = statement.column_names().into_iter().map(quoted).collect();
            drop(statement);
            let gone = self.connection.prepare_cached(&format!("DELETE FROM {name} WHERE _rowid_ = ?1"));
            let mut gone = gone.map_err(at_commit)?;
            for (row, _) in rows.iter().filter(|(_, was_there)| **was_there) {
                gone.execute([row]).map_err(at_commit)?;
            }
            tables.push((name, columns, rows));
        }
        for (name, columns, rows) in tables {
            let places = |from: usize| {
                (from..from + columns.len()).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ")
            };
            let list = columns.join(", ");
            let mut read = copy.prepare(&format!("SELECT {list} FROM {name} WHERE _rowid_ = ?1")).map_err(failure)?;
            let again = format!(
                "INSERT INTO {name} ({list}, _rowid_) VALUES ({})",
                places(1) + &format!(", ?{}", columns.len() + 1)
            );
            let mut again = self.connection.prepare_cached(&again).map_err(at_commit)?;
            // Rows that were there come first, so that no new one takes their number.
            let (old, new): (Vec<_>, Vec<_>) = rows.iter().partition(|(_, was_there)| **was_there);
            for (row, was_there) in old.into_iter().chain(new) {
                let mut found = read.query([row]).map_err(failure)?;
                let Some(values) = found.next().map_err(failure)? else { continue };
                for place in 0..columns.len() {
                    let value: Value = values.get(place).map_err(failure)?;
                    again.raw_bind_parameter(place + 1, value).map_err(failure)?;
                }
                let number = if *was_there || is_newest { Value::Integer(*row) } else { Value::Null };
                again.raw_bind_parameter(columns.len() + 1, number).map_err(failure)?;
                again.raw_execute().map_err(at_commit)?;
            }
        }
        self.check_references()
    }

    /// Checks foreign keys, which is left to the end of a transaction.
    fn check_references(&self) -> Result<(), Failure> {
        let any = "SELECT 1 FROM sqlite_schema WHERE sql LIKE '%REFERENCES%'";
        let is_any = |sql: &str| self.connection.prepare_cached(sql)?.exists([]);
        if is_any(any).map_err(failure)? && is_any("PRAGMA foreign_key_check").map_err(failure)? {
            return Err(Failure::new(state::FOREIGN_KEY_VIOLATION, "a foreign key refers to a row that is not there"));
        }
        Ok(())
    }

    /// Remembers what a commit changed, for the transactions that are open.
    fn remember(&mut self, touched: Touched) {
        let rows: Rows = touched.into_iter().map(|(table, rows)| (table, rows.into_keys().collect())).collect();
        self.remembered += rows.values().map(HashSet::len).sum::<usize>();
        self.changes.push_back((self.version, rows));
        while self.remembered > MOST_REMEMBERED {
            self.forget_oldest();
        }
    }

    /// Notes that a transaction has ended that began at this version.
    fn forget(&mut self, began: u64) {
        if let Some(count) = self.open.get_mut(&began) {
            *count -= 1;
            if *count == 0 {
                self.open.remove(&began);
            }
        }
        let oldest = self.open.first_key_value().map_or(self.version, |(version, _)| *version);
        while self.changes.front().is_some_and(|(version, _)| *version <= oldest) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((version, rows)) = self.changes.pop_front() {
            self.since = version;
            self.remembered -= rows.values().map(HashSet::len).sum::<usize>();
        }
    }
}

fn execute(connection: &Connection, sql: &str, parameters: &[Value]) -> Result<Answer, Failure> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    for (place, value) in parameters.iter().enumerate().take(statement.parameter_count()) {
        statement.raw_bind_parameter(place + 1, value).map_err(failure)?;
    }
    let columns = statement.column_count();
    if columns == 0 {
        let changed = statement.raw_execute().map_err(failure)?;
        return Ok(Answer { rows: Vec::new(), changed: changed as u64 });
    }
    let mut answer = Answer::default();
    let mut size = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failure)? {
        let values: Vec<Value> =
            (0..columns).map(|place| row.get(place)).collect::<rusqlite::Result<_>>().map_err(failure)?;
        size += values.iter().map(size_of_value).sum::<usize>();
        if size > LARGEST {
            return Err(Failure::new(
                state::PROGRAM_LIMIT_EXCEEDED,
                format!("the result is larger than {} MB: ask for less, with LIMIT", LARGEST >> 20),
            ));
        }
        answer.rows.push(values);
    }
    answer.changed = answer.rows.len() as u64;
    Ok(answer)
}

fn size_of_value(value: &Value) -> usize {
    mem::size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            Value::Null | Value::Integer(_) | Value::Real(_) => 0,
        }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The failure of a row that is written again. Where its table or a column is missing, somebody has changed the table.
fn at_commit(why: rusqlite::Error) -> Failure {
    let failure = failure(why);
    if [state::UNDEFINED_TABLE, state::UNDEFINED_COLUMN].contains(&failure.state) {
        let why = format!("could not serialize access: a table was changed meanwhile ({})", failure.message);
        return Failure::new(state::SERIALIZATION_FAILURE, why);
    }
    failure
}

/// SQLite's errors in PostgreSQL's codes.
fn failure(why: rusqlite::Error) -> Failure {
    let (code, text) = match why {
        rusqlite::Error::SqliteFailure(code, Some(text)) => (code, text),
        rusqlite::Error::SqliteFailure(code, None) => (code, code.to_string()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error, msg),
        rusqlite::Error::MultipleStatement => {
            return Failure::new(state::SYNTAX_ERROR, "one statement is possible here");
        }
        other => return Failure::new(state::INTERNAL_ERROR, other.to_string()),
    };
    let failed = |what: &str, name: &str| {
        let place = text.rsplit(": ").next().unwrap_or_default();
        format!("{what} {name}: {place}")
    };
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return Failure::new(
                state::UNIQUE_VIOLATION,
                failed("duplicate key value violates", "a unique constraint"),
            );
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            return Failure::new(state::NOT_NULL_VIOLATION, failed("null value violates", "a not-null constraint"));
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            return Failure::new(state::CHECK_VIOLATION, failed("new row violates", "a check constraint"));
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
            return Failure::new(state::FOREIGN_KEY_VIOLATION, "a foreign key refers to a row that is not there");
        }
        _ => {}
    }
    let state = match code.code {
        ErrorCode::OperationInterrupted => state::QUERY_CANCELED,
        ErrorCode::OutOfMemory => state::OUT_OF_MEMORY,
        ErrorCode::DiskFull => state::DISK_FULL,
        ErrorCode::TooBig => state::PROGRAM_LIMIT_EXCEEDED,
        ErrorCode::TypeMismatch => state::DATATYPE_MISMATCH,
        ErrorCode::AuthorizationForStatementDenied => state::FEATURE_NOT_SUPPORTED,
        _ => by_text(&text),
    };
    Failure::new(state, text)
}

/// The code of an error that SQLite only has words for.
fn by_text(text: &str) -> crate::scenario::SqlState {
    const STATES: [(&str, crate::scenario::SqlState); 16] = [
        ("no such table", state::UNDEFINED_TABLE),
        ("unknown database", state::UNDEFINED_TABLE),
        ("no such index", state::UNDEFINED_OBJECT),
        ("no such view", state::UNDEFINED_TABLE),
        ("no such column", state::UNDEFINED_COLUMN),
        ("has no column named", state::UNDEFINED_COLUMN),
        ("ambiguous column", state::AMBIGUOUS_COLUMN),
        ("no such function", state::UNDEFINED_FUNCTION),
        ("wrong number of arguments", state::UNDEFINED_FUNCTION),
        ("already exists", state::DUPLICATE_TABLE),
        ("already another table", state::DUPLICATE_TABLE),
        ("ON CONFLICT clause does not match", state::INVALID_ON_CONFLICT),
        ("integer overflow", state::NUMERIC_VALUE_OUT_OF_RANGE),
        ("too many", state::PROGRAM_LIMIT_EXCEEDED),
        ("too large", state::PROGRAM_LIMIT_EXCEEDED),
        ("no such savepoint", state::INVALID_SAVEPOINT),
    ];
    STATES.iter().find(|(words, _)| text.contains(words)).map_or(state::SYNTAX_ERROR, |(_, state)| *state)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::turns::Turns;
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Works with a database outside of asynchronous code.
    struct Bench {
        runtime: tokio::runtime::Runtime,
        turns: Turns,
        snapshots: Arc<Snapshots>,
    }

    impl Bench {
        fn new() -> Self {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let bench = Self { runtime, turns: Turns::new(), snapshots: Snapshots::new().unwrap() };
            bench.once("CREATE TABLE t (id INT4 NOT NULL PRIMARY KEY, n INT4)").unwrap();
            bench
        }

        fn turn(&self, limit: Duration) -> Turn {
            self.runtime.block_on(self.turns.take(|| false, limit))
        }

        fn run(&self, work: &mut Work, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
            let turn = Arc::new(self.turn(PATIENCE));
            work.run(sql, &[], &turn, sql.starts_with("CREATE") || sql.starts_with("DROP")).map(|answer| answer.rows)
        }

        /// A statement as a transaction of its own.
        fn once(&self, sql: &str) -> Result<Vec<Vec<Value>>, Failure> {
            let mut work = self.snapshots.begin()?;
            let rows = self.run(&mut work, sql)?;
            work.commit()?;
            Ok(rows)
        }

        fn numbers(&self, sql: &str) -> Vec<i64> {
            let whole = |value: &Value| if let Value::Integer(number) = value { *number } else { -1 };
            self.once(sql).unwrap().iter().map(|row| whole(&row[0])).collect()
        }
    }

    #[test]
    fn transactions_stand_side_by_side_and_are_put_together() {
        let bench = Bench::new();
        let mut works = [1, 2, 3].map(|_| bench.snapshots.begin().unwrap());
        for (id, work) in works.iter_mut().enumerate() {
            bench.run(work, &format!("INSERT INTO t VALUES ({id}, 0)")).unwrap();
            assert_eq!(bench.run(work, "SELECT * FROM t").unwrap().len(), 1, "each sees its own");
        }
        for work in works {
            work.commit().unwrap();
        }
        assert_eq!(bench.numbers("SELECT id FROM t ORDER BY id"), [0, 1, 2]);
    }

    #[test]
    fn a_row_that_another_one_changed_is_a_conflict_and_leaves_nothing() {
        let bench = Bench::new();
        bench.once("INSERT INTO t VALUES (1, 0), (2, 0)").unwrap();
        for change in ["UPDATE t SET n = n + 1 WHERE id = 1", "DELETE FROM t WHERE id = 1", "DELETE FROM t"] {
            let mut late = bench.snapshots.begin().unwrap();
            bench.run(&mut late, "INSERT INTO t VALUES (9, 9)").unwrap();
            bench.run(&mut late, change).unwrap();
            bench.once("UPDATE t SET n = n + 1 WHERE id = 1").unwrap();
            assert_eq!(late.commit().unwrap_err().state, state::SERIALIZATION_FAILURE, "{change}");
        }
        assert_eq!(bench.numbers("SELECT n FROM t ORDER BY id"), [3, 0]);
        let mut other = bench.snapshots.begin().unwrap();
        bench.run(&mut other, "UPDATE t SET n = 7 WHERE id = 2").unwrap();
        bench.once("UPDATE t SET n = n + 1 WHERE id = 1").unwrap();
        other.commit().unwrap();
        assert_eq!(bench.numbers("SELECT n FROM t ORDER BY id"), [4, 7], "other rows are no conflict");
    }

    #[test]
    fn a_key_that_another_one_took_violates_its_constraint_at_commit() {
        let bench = Bench::new();
        let mut late = bench.snapshots.begin().unwrap();
        bench.run(&mut late, "INSERT INTO t VALUES (1, 1), (2, 2)").unwrap();
        bench.once("INSERT INTO t VALUES (2, 0)").unwrap();
        assert_eq!(late.commit().unwrap_err().state, state::UNIQUE_VIOLATION);
        assert_eq!(bench.numbers("SELECT id FROM t"), [2]);
    }

    #[test]
    fn what_was_undone_takes_nothing_from_others() {
        let bench = Bench::new();
        let mut late = bench.snapshots.begin().unwrap();
        late.savepoint("SAVEPOINT a").unwrap();
        bench.run(&mut late, "INSERT INTO t VALUES (1, 1)").unwrap();
        late.savepoint("ROLLBACK TO a").unwrap();
        // SQLite gives this row the number that the other one had.
        bench.once("INSERT INTO t VALUES (2, 0)").unwrap();
        bench.run(&mut late, "INSERT INTO t VALUES (3, 0)").unwrap();
        late.commit().unwrap();
        assert_eq!(bench.numbers("SELECT id FROM t ORDER BY id"), [2, 3]);
        assert_eq!(late_savepoint(&bench), state::INVALID_SAVEPOINT);
    }

    fn late_savepoint(bench: &Bench) -> crate::scenario::SqlState {
        bench.snapshots.begin().unwrap().savepoint("RELEASE nowhere").unwrap_err().state
    }

    #[test]
    fn keys_may_change_places() {
        let bench = Bench::new();
        bench.once("INSERT INTO t VALUES (1, 10), (2, 20)").unwrap();
        let mut work = bench.snapshots.begin().unwrap();
        for change in
            ["UPDATE t SET id = 3 WHERE id = 1", "UPDATE t SET id = 1 WHERE id = 2", "UPDATE t SET id = 2 WHERE id = 3"]
        {
            bench.run(&mut work, change).unwrap();
        }
        work.commit().unwrap();
        assert_eq!(bench.numbers("SELECT n FROM t ORDER BY id"), [20, 10]);
    }

    #[test]
    fn tables_come_and_go_with_their_transaction() {
        let bench = Bench::new();
        let mut work = bench.snapshots.begin().unwrap();
        bench.run(&mut work, "INSERT INTO t VALUES (1, 1)").unwrap();
        bench.run(&mut work, "DROP TABLE t").unwrap();
        bench.run(&mut work, "CREATE TABLE u (a INT4)").unwrap();
        bench.run(&mut work, "INSERT INTO u VALUES (5)").unwrap();
        assert_eq!(bench.numbers("SELECT count(*) FROM t"), [0]);
        work.commit().unwrap();
        assert_eq!(bench.numbers("SELECT a FROM u"), [5]);
        assert_eq!(bench.once("SELECT * FROM t").unwrap_err().state, state::UNDEFINED_TABLE);

        let mut late = bench.snapshots.begin().unwrap();
        bench.run(&mut late, "INSERT INTO u VALUES (6)").unwrap();
        bench.once("DROP TABLE u").unwrap();
        assert_eq!(late.commit().unwrap_err().state, state::SERIALIZATION_FAILURE);
    }

    #[test]
    fn a_foreign_key_holds_between_transactions() {
        let bench = Bench::new();
        bench.once("CREATE TABLE child (t INT4 REFERENCES t (id) ON DELETE CASCADE)").unwrap();
        assert_eq!(bench.once("INSERT INTO child VALUES (1)").unwrap_err().state, state::FOREIGN_KEY_VIOLATION);
        bench.once("INSERT INTO t VALUES (1, 0)").unwrap();
        bench.once("INSERT INTO child VALUES (1)").unwrap();
        let mut late = bench.snapshots.begin().unwrap();
        bench.run(&mut late, "DELETE FROM t").unwrap();
        bench.once("INSERT INTO child VALUES (1)").unwrap();
        assert_eq!(late.commit().unwrap_err().state, state::FOREIGN_KEY_VIOLATION);
        bench.once("DELETE FROM t").unwrap();
        assert_eq!(bench.numbers("SELECT count(*) FROM child"), [0]);
    }

    #[test]
    fn an_endless_statement_ends_with_its_turn() {
        let bench = Bench::new();
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        let mut work = bench.snapshots.begin().unwrap();
        let why = work.run(endless, &[], &Arc::new(bench.turn(Duration::from_millis(50))), false).unwrap_err();
        assert_eq!(why.state, state::QUERY_CANCELED);
        let huge = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
        assert_eq!(bench.once(huge).unwrap_err().state, state::PROGRAM_LIMIT_EXCEEDED);
        assert_eq!(
            bench.once("SELECT length(randomblob(1000000000))").unwrap_err().state,
            state::PROGRAM_LIMIT_EXCEEDED
        );
        let fill = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n";
        assert_eq!(bench.once(fill).unwrap_err().state, state::DISK_FULL);
        assert_eq!(bench.numbers("SELECT 1"), [1]);
    }

    #[test]
    fn a_statement_reaches_nothing_outside() {
        let bench = Bench::new();
        for bad in [
            "ATTACH 'x.db' AS x",
            "PRAGMA journal_mode",
            "VACUUM INTO 'x.db'",
            "SELECT load_extension('x')",
            "CREATE VIRTUAL TABLE v USING fts5(a)",
        ] {
            assert!(bench.once(bad).is_err(), "{bad}");
        }
        assert!(!std::path::Path::new("x.db").exists());
    }

    #[test]
    fn old_changes_are_forgotten() {
        let bench = Bench::new();
        let open = bench.snapshots.begin().unwrap();
        bench.once("INSERT INTO t VALUES (1, 0)").unwrap();
        bench.once("INSERT INTO t VALUES (2, 0)").unwrap();
        assert_eq!(bench.snapshots.main().changes.len(), 2);
        drop(open);
        let main = bench.snapshots.main();
        assert!(main.changes.is_empty() && main.open.is_empty() && main.remembered == 0);
    }
}
