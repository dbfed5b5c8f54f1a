//! Why a statement fails: a SQLSTATE and a sentence.

use crate::scenario::SqlState;

/// Why a statement fails, as its client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub state: SqlState,
    pub message: String,
}

/// The states that the database gives, by their names in PostgreSQL's documentation.
pub mod state {
    use crate::scenario::SqlState;

    pub const PROTOCOL_VIOLATION: SqlState = SqlState::new(*b"08P01");
    pub const FEATURE_NOT_SUPPORTED: SqlState = SqlState::new(*b"0A000");
    pub const NUMERIC_VALUE_OUT_OF_RANGE: SqlState = SqlState::new(*b"22003");
    pub const CHARACTER_NOT_IN_REPERTOIRE: SqlState = SqlState::new(*b"22021");
    pub const INVALID_TEXT_REPRESENTATION: SqlState = SqlState::new(*b"22P02");
    pub const INVALID_BINARY_REPRESENTATION: SqlState = SqlState::new(*b"22P03");
    pub const NOT_NULL_VIOLATION: SqlState = SqlState::new(*b"23502");
    pub const FOREIGN_KEY_VIOLATION: SqlState = SqlState::new(*b"23503");
    pub const UNIQUE_VIOLATION: SqlState = SqlState::new(*b"23505");
    pub const CHECK_VIOLATION: SqlState = SqlState::new(*b"23514");
    pub const NO_ACTIVE_TRANSACTION: SqlState = SqlState::new(*b"25P01");
    pub const IN_FAILED_TRANSACTION: SqlState = SqlState::new(*b"25P02");
    pub const INVALID_STATEMENT_NAME: SqlState = SqlState::new(*b"26000");
    pub const INVALID_CURSOR_NAME: SqlState = SqlState::new(*b"34000");
    pub const INVALID_SAVEPOINT: SqlState = SqlState::new(*b"3B001");
    pub const SERIALIZATION_FAILURE: SqlState = SqlState::new(*b"40001");
    pub const SYNTAX_ERROR: SqlState = SqlState::new(*b"42601");
    pub const AMBIGUOUS_COLUMN: SqlState = SqlState::new(*b"42702");
    pub const UNDEFINED_COLUMN: SqlState = SqlState::new(*b"42703");
    pub const UNDEFINED_OBJECT: SqlState = SqlState::new(*b"42704");
    pub const DATATYPE_MISMATCH: SqlState = SqlState::new(*b"42804");
    pub const UNDEFINED_FUNCTION: SqlState = SqlState::new(*b"42883");
    pub const UNDEFINED_TABLE: SqlState = SqlState::new(*b"42P01");
    pub const UNDEFINED_PARAMETER: SqlState = SqlState::new(*b"42P02");
    pub const DUPLICATE_STATEMENT: SqlState = SqlState::new(*b"42P05");
    pub const DUPLICATE_TABLE: SqlState = SqlState::new(*b"42P07");
    pub const INVALID_ON_CONFLICT: SqlState = SqlState::new(*b"42P10");
    pub const DISK_FULL: SqlState = SqlState::new(*b"53100");
    pub const OUT_OF_MEMORY: SqlState = SqlState::new(*b"53200");
    pub const TOO_MANY_CONNECTIONS: SqlState = SqlState::new(*b"53300");
    pub const PROGRAM_LIMIT_EXCEEDED: SqlState = SqlState::new(*b"54000");
    pub const QUERY_CANCELED: SqlState = SqlState::new(*b"57014");
    pub const INTERNAL_ERROR: SqlState = SqlState::new(*b"XX000");
}

impl Failure {
    pub fn new(state: SqlState, message: impl Into<String>) -> Self {
        Self { state, message: message.into() }
    }

    /// What PostgreSQL can do, and this database can't.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(state::FEATURE_NOT_SUPPORTED, message)
    }
}
