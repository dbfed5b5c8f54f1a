//! A client's session: its conversation, its transaction, and when each statement is executed and answered.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use pgwire::messages::PgWireBackendMessage as Answer;
use pgwire::messages::PgWireFrontendMessage as Message;
use pgwire::messages::data::{NoData, ParameterDescription};
use pgwire::messages::extendedquery::{
    Bind, BindComplete, Close, CloseComplete, Describe, Execute, Parse, ParseComplete, PortalSuspended,
};
use pgwire::messages::response::{CommandComplete, EmptyQueryResponse, ReadyForQuery, TransactionStatus};
use pgwire::messages::startup::{
    Authentication, BackendKeyData, NegotiateProtocolVersion, ParameterStatus, SecretKey, Startup,
};
use rusqlite::types::Value;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::failure::{Failure, state};
use super::practice::{Cancel, Database, Session};
use super::prepared::{Prepared, formats, is_for_sqlite};
use super::settings::{OF_SERVER, Settings};
use super::snapshots::Work;
use super::sql::Sql;
use super::types::{Format, Type};
use super::wire::{End, Hello, Incoming, Outgoing};
use crate::gatekeeper::Passage;
use crate::log::{Asked, ConnectionNumber, Outcome, QueryInFlight, TransactionEnd};
use crate::scenario::{SqlState, Statement, StatementFaultKind, Verb};

/// How long a client may take to say who it is.
const HELLO_PATIENCE: Duration = Duration::from_secs(30);
/// How long one statement may be executed.
const LONGEST_EXECUTION: Duration = Duration::from_secs(10);
/// How often a statement outside of a transaction is executed again because another one came first.
const MOST_TRIES: u32 = 100;
/// How many prepared statements a session may have, and how long they may be together, in bytes.
const MOST_STATEMENTS: usize = 1_000;
const LONGEST_STATEMENTS: usize = 16 << 20;
/// How many portals a session may have.
const MOST_PORTALS: usize = 100;

/// Serves a connection to its end.
pub async fn serve(stream: TcpStream, client: IpAddr, database: Arc<Database>) {
    let (read, write) = stream.into_split();
    let (mut incoming, mut out) = (Incoming::new(read), Outgoing::new(write));
    let Ok(Some(startup)) = timeout(HELLO_PATIENCE, greet(&mut incoming, &mut out, &database)).await else { return };
    let Ok(_permit) = Arc::clone(&database.connections).try_acquire_owned() else {
        let why = format!("sorry, too many clients already: {} are the most here", database.scenario.connections);
        out.put_error(&Failure::new(state::TOO_MANY_CONNECTIONS, why), true);
        let _ = out.send().await;
        return;
    };
    let session = Arc::new(Session::default());
    let name = database.enter(&session);
    let mut talk = Talk {
        database: Arc::clone(&database),
        session,
        client,
        connection: ConnectionNumber::default(),
        incoming,
        out,
        settings: Settings::default(),
        statements: HashMap::new(),
        portals: HashMap::new(),
        work: None,
        transaction: None,
        failed: false,
        answered: Vec::new(),
    };
    talk.welcome(&startup, name);
    if talk.send().await.is_ok() {
        talk.converse().await;
    }
    database.leave(name);
    talk.finish(TransactionEnd::RolledBack);
    if let Some(work) = talk.work.take() {
        // It may have to wait for others.
        let _ = spawn_blocking(move || drop(work)).await;
    }
}

/// Reads what a connection begins with; `None` when nothing follows on it.
async fn greet(incoming: &mut Incoming, out: &mut Outgoing, database: &Database) -> Option<Startup> {
    loop {
        match incoming.hello().await {
            Ok(Hello::Encryption) => out.refuse_encryption().await.ok()?,
            Ok(Hello::Startup(startup)) => return Some(startup),
            Ok(Hello::Cancel(request)) => {
                if let Some(key) = request.secret_key.as_i32() {
                    database.cancel((request.pid, key));
                }
                return None;
            }
            Err(End::Broken(why)) => {
                out.put_error(&why, true);
                let _ = out.send().await;
                return None;
            }
            Err(End::Gone) => return None,
        }
    }
}

/// A conversation.
struct Talk {
    database: Arc<Database>,
    session: Arc<Session>,
    client: IpAddr,
    connection: ConnectionNumber,
    incoming: Incoming,
    out: Outgoing,
    settings: Settings,
    statements: HashMap<String, Option<Arc<Prepared>>>,
    portals: HashMap<String, Portal>,
    /// The transaction's work, from its first statement that needs it on.
    work: Option<Work>,
    /// The number of the transaction that BEGIN began.
    transaction: Option<u64>,
    /// Whether a statement of the transaction has failed.
    failed: bool,
    /// What has been answered, and is to be sent.
    answered: Vec<Answered>,
}

/// A prepared statement with its parameters.
struct Portal {
    /// None for a statement without words.
    prepared: Option<Arc<Prepared>>,
    parameters: Vec<Value>,
    formats: Vec<Format>,
    /// The rows that are still to be sent, last first, once it has been executed; and how many there were.
    rest: Option<(Vec<Vec<u8>>, u64)>,
}

/// A statement that was answered, until the answer has been sent.
struct Answered {
    query: QueryInFlight,
    rows: Option<u64>,
    state: Option<SqlState>,
    /// Kept so that the next statement at a gate comes after this answer.
    _passage: Option<Passage<Statement>>,
}

/// Why a message gets no answer.
enum Stop {
    /// It fails, and the conversation goes on.
    Failed(Failure),
    /// The conversation ends.
    Closed,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// What a statement did.
#[derive(Default)]
struct Done {
    /// Its rows as messages.
    rows: Vec<Vec<u8>>,
    /// How many rows it returned or changed; `None` when it is not about rows.
    count: Option<u64>,
    tag: String,
}

impl Talk {
    fn welcome(&mut self, startup: &Startup, (number, key): (i32, i32)) {
        const VERSION: (u16, u16) = (3, 0);
        if (startup.protocol_number_major, startup.protocol_number_minor) > VERSION {
            let version = NegotiateProtocolVersion::new(Startup::PROTOCOL_VERSION_3_0, Vec::new());
            self.out.put(&Answer::NegotiateProtocolVersion(version));
        }
        self.out.put(&Answer::Authentication(Authentication::Ok));
        for (name, value) in OF_SERVER {
            let own = startup.parameters.get("application_name").filter(|_| name == "application_name");
            let value = own.map_or(value, |own| &own[..own.floor_char_boundary(64)]);
            self.out.put(&Answer::ParameterStatus(ParameterStatus::new(name.to_owned(), value.to_owned())));
        }
        self.out.put(&Answer::BackendKeyData(BackendKeyData::new(number, SecretKey::I32(key))));
        self.put_ready();
    }

    async fn converse(&mut self) {
        // After an error, everything up to the next Sync is left out.
        let mut skips = false;
        loop {
            let message = match self.incoming.next().await {
                Ok(Message::Terminate(_)) | Err(End::Gone) => return,
                Ok(message) => message,
                Err(End::Broken(why)) => {
                    self.out.put_error(&why, true);
                    let _ = self.send().await;
                    return;
                }
            };
            let is_sync = matches!(message, Message::Sync(_));
            if skips && !is_sync {
                continue;
            }
            // Boxed, so that an idle session takes no more memory than it needs.
            match Box::pin(self.answer(message)).await {
                Ok(()) => skips = false,
                Err(Stop::Failed(why)) => {
                    self.fails();
                    self.out.put_error(&why, false);
                    skips = true;
                }
                Err(Stop::Closed) => return,
            }
        }
    }

    async fn answer(&mut self, message: Message) -> Result<(), Stop> {
        match message {
            Message::Query(query) => {
                if let Err(stop) = self.simple(&query.query).await {
                    let Stop::Failed(why) = stop else { return Err(stop) };
                    self.fails();
                    self.out.put_error(&why, false);
                }
                self.put_ready();
                self.send().await?;
            }
            Message::Parse(parse) => self.parse(parse).await?,
            Message::Bind(bind) => self.bind(&bind)?,
            Message::Describe(describe) => self.describe(&describe)?,
            Message::Execute(execute) => self.execute(&execute).await?,
            Message::Close(close) => self.close(&close),
            Message::Sync(_) => {
                if self.transaction.is_none() {
                    self.portals.clear();
                }
                self.put_ready();
                self.send().await?;
            }
            Message::Flush(_) => self.send().await?,
            // What follows on a refused COPY.
            Message::CopyData(_) | Message::CopyDone(_) | Message::CopyFail(_) => {}
            _ => return Err(Failure::new(state::PROTOCOL_VIOLATION, "this message has no meaning here").into()),
        }
        Ok(())
    }

    /// Sends what was answered, and notes in the log that it was.
    async fn send(&mut self) -> io::Result<()> {
        // If it fails, dropping the queries notes that they were given up.
        let answered = std::mem::take(&mut self.answered);
        self.out.send().await?;
        note(answered);
        Ok(())
    }

    fn put_ready(&mut self) {
        let status = match (self.transaction, self.failed) {
            (None, _) => TransactionStatus::Idle,
            (Some(_), false) => TransactionStatus::Transaction,
            (Some(_), true) => TransactionStatus::Error,
        };
        self.out.put(&Answer::ReadyForQuery(ReadyForQuery::new(status)));
    }

    fn put_done(&mut self, tag: String) {
        self.out.put(&Answer::CommandComplete(CommandComplete::new(tag)));
    }

    /// Notes that something has failed: the transaction can only be rolled back.
    fn fails(&mut self) {
        self.failed = self.transaction.is_some();
    }

    /// Notes that the transaction has ended.
    fn finish(&mut self, end: TransactionEnd) {
        self.failed = false;
        if let Some(id) = self.transaction.take() {
            self.database.log.transaction_ended(id, end);
        }
    }

    /// Answers a query of one or several statements, which are one transaction unless they say otherwise.
    async fn simple(&mut self, text: &str) -> Result<(), Stop> {
        let statements = Sql::statements(text)?;
        if statements.is_empty() {
            self.out.put(&Answer::EmptyQueryResponse(EmptyQueryResponse::new()));
            return Ok(());
        }
        let is_alone = statements.len() == 1;
        let last = statements.len() - 1;
        for (place, sql) in statements.into_iter().enumerate() {
            let ends = if is_alone {
                Ends::Alone
            } else if place == last {
                Ends::Last
            } else {
                Ends::Later
            };
            if let Err(stop) = self.one_of_several(sql, ends).await {
                if self.transaction.is_none() {
                    self.roll_back().await;
                }
                return Err(stop);
            }
        }
        Ok(())
    }

    async fn one_of_several(&mut self, sql: Sql, ends: Ends) -> Result<(), Stop> {
        let begun = self.arrives(&sql);
        let prepared = match self.prepare(sql, Vec::new()).await {
            Ok(prepared) if prepared.parameters.is_empty() => Ok(Arc::new(prepared)),
            Ok(_) => Err(Failure::new(state::UNDEFINED_PARAMETER, "there is no parameter $1")),
            Err(why) => Err(why),
        };
        let formats = prepared.as_ref().map_or(Vec::new(), |prepared| vec![Format::Text; prepared.columns.len()]);
        let columns = prepared.as_ref().map_or(0, |prepared| prepared.columns.len());
        let description = prepared.as_ref().ok().map(|prepared| prepared.description(&formats));
        let done = self.perform(begun, prepared, Vec::new(), formats, ends).await?;
        if let Some(description) = description.filter(|_| columns > 0) {
            self.out.put(&description);
        }
        for row in &done.rows {
            self.out.put_row(row).await?;
        }
        self.put_done(done.tag);
        Ok(())
    }

    async fn parse(&mut self, parse: Parse) -> Result<(), Stop> {
        let name = parse.name.unwrap_or_default();
        if !name.is_empty() && self.statements.contains_key(&name) {
            let why = format!("prepared statement \"{}\" already exists", clipped(&name));
            return Err(Failure::new(state::DUPLICATE_STATEMENT, why).into());
        }
        let length = |prepared: &Option<Arc<Prepared>>| prepared.as_ref().map_or(0, |prepared| prepared.sql.text.len());
        let taken = self.statements.values().map(length).sum::<usize>() + parse.query.len() + name.len();
        if self.statements.len() >= MOST_STATEMENTS || taken > LONGEST_STATEMENTS {
            return Err(Failure::new(state::OUT_OF_MEMORY, "too many prepared statements: close some").into());
        }
        let mut statements = Sql::statements(&parse.query)?;
        let prepared = match (statements.pop(), statements.pop()) {
            (None, _) => None,
            (Some(_), Some(_)) => {
                let why = "cannot insert multiple commands into a prepared statement";
                return Err(Failure::new(state::SYNTAX_ERROR, why).into());
            }
            (Some(sql), None) => {
                let known = sql.clone();
                match self.understand(sql, &parse.type_oids).await {
                    Ok(prepared) => Some(Arc::new(prepared)),
                    Err(why) => {
                        // It will never be executed, and the log shows it all the same.
                        let (query, _) = self.arrives(&known);
                        self.session.end();
                        self.answered.push(Answered { query, rows: None, state: Some(why.state), _passage: None });
                        return Err(why.into());
                    }
                }
            }
        };
        self.statements.insert(name, prepared);
        self.out.put(&Answer::ParseComplete(ParseComplete::new()));
        Ok(())
    }

    fn bind(&mut self, bind: &Bind) -> Result<(), Stop> {
        let prepared = self.statement(bind.statement_name.as_deref().unwrap_or_default())?.clone();
        let types = prepared.as_ref().map_or(&[][..], |prepared| &prepared.parameters);
        if bind.parameters.len() != types.len() {
            let why = format!("{} parameters for a statement with {}", bind.parameters.len(), types.len());
            return Err(Failure::new(state::PROTOCOL_VIOLATION, why).into());
        }
        let sent = formats(&bind.parameter_format_codes, types.len())?;
        let decode = |((of, format), bytes): ((&Type, &Format), &Option<hyper::body::Bytes>)| {
            bytes.as_ref().map_or(Ok(Value::Null), |bytes| of.decode(bytes, *format))
        };
        let parameters = types.iter().zip(&sent).zip(&bind.parameters).map(decode).collect::<Result<_, _>>()?;
        let formats = match &prepared {
            Some(prepared) => prepared.formats(&bind.result_column_format_codes)?,
            None => Vec::new(),
        };
        let name = bind.portal_name.clone().unwrap_or_default();
        if self.portals.len() >= MOST_PORTALS && !self.portals.contains_key(&name) {
            return Err(Failure::new(state::OUT_OF_MEMORY, "too many portals: close some").into());
        }
        self.portals.insert(name, Portal { prepared, parameters, formats, rest: None });
        self.out.put(&Answer::BindComplete(BindComplete::new()));
        Ok(())
    }

    fn describe(&mut self, describe: &Describe) -> Result<(), Stop> {
        let name = describe.name.as_deref().unwrap_or_default();
        let (prepared, formats) = if describe.target_type == b'S' {
            let prepared = self.statement(name)?.clone();
            let types = prepared.as_ref().map_or(&[][..], |prepared| &prepared.parameters);
            let types = types.iter().map(|of| of.oid()).collect();
            self.out.put(&Answer::ParameterDescription(ParameterDescription::new(types)));
            let formats = prepared.as_ref().map_or(0, |prepared| prepared.columns.len());
            (prepared, vec![Format::Text; formats])
        } else {
            let portal = self.portal(name)?;
            (portal.prepared.clone(), portal.formats.clone())
        };
        match prepared.filter(|prepared| !prepared.columns.is_empty()) {
            Some(prepared) => self.out.put(&prepared.description(&formats)),
            None => self.out.put(&Answer::NoData(NoData::new())),
        }
        Ok(())
    }

    async fn execute(&mut self, execute: &Execute) -> Result<(), Stop> {
        let name = execute.name.clone().unwrap_or_default();
        let portal = self.portal(&name)?;
        let Some(prepared) = portal.prepared.clone() else {
            self.out.put(&Answer::EmptyQueryResponse(EmptyQueryResponse::new()));
            return Ok(());
        };
        let (mut rest, count) = if let Some(rest) = portal.rest.take() {
            rest
        } else {
            let (parameters, formats) = (portal.parameters.clone(), portal.formats.clone());
            let begun = self.arrives(&prepared.sql);
            let done = self.perform(begun, Ok(Arc::clone(&prepared)), parameters, formats, Ends::Alone).await?;
            if prepared.columns.is_empty() {
                self.put_done(done.tag);
                return Ok(());
            }
            let count = done.rows.len() as u64;
            (done.rows.into_iter().rev().collect(), count)
        };
        let most = usize::try_from(execute.max_rows).ok().filter(|most| *most > 0).unwrap_or(usize::MAX);
        for _ in 0..most {
            let Some(row) = rest.pop() else { break };
            self.out.put_row(&row).await?;
        }
        if rest.is_empty() {
            let tag = if prepared.sql.is(0, "SHOW") { "SHOW".to_owned() } else { prepared.tag(count) };
            self.put_done(tag);
        } else {
            self.out.put(&Answer::PortalSuspended(PortalSuspended::new()));
        }
        if let Some(portal) = self.portals.get_mut(&name) {
            portal.rest = Some((rest, count));
        }
        Ok(())
    }

    fn close(&mut self, close: &Close) {
        let name = close.name.as_deref().unwrap_or_default();
        if close.target_type == b'S' {
            self.statements.remove(name);
        } else {
            self.portals.remove(name);
        }
        self.out.put(&Answer::CloseComplete(CloseComplete::new()));
    }

    fn statement(&self, name: &str) -> Result<&Option<Arc<Prepared>>, Failure> {
        self.statements.get(name).ok_or_else(|| {
            let why = format!("prepared statement \"{}\" does not exist", clipped(name));
            Failure::new(state::INVALID_STATEMENT_NAME, why)
        })
    }

    fn portal(&mut self, name: &str) -> Result<&mut Portal, Failure> {
        self.portals.get_mut(name).ok_or_else(|| {
            Failure::new(state::INVALID_CURSOR_NAME, format!("portal \"{}\" does not exist", clipped(name)))
        })
    }

    /// Finds out what a statement means.
    async fn prepare(&mut self, sql: Sql, given: Vec<Option<Type>>) -> Result<Prepared, Failure> {
        if !is_for_sqlite(sql.verb()) {
            return Prepared::of_session(sql);
        }
        let (work, snapshots) = (self.work.take(), Arc::clone(&self.database.snapshots));
        // A block of several statements sees what those before it did.
        let keeps = self.transaction.is_some() || work.is_some();
        let prepared = blocking(move || {
            let work = work.map_or_else(|| snapshots.begin(), Ok)?;
            Ok((Prepared::new(sql, &given, &work), work))
        });
        let (prepared, work) = prepared.await?;
        if keeps {
            self.work = Some(work);
        }
        prepared
    }

    /// Finds out what a statement means whose parameters have these types.
    async fn understand(&mut self, sql: Sql, types: &[u32]) -> Result<Prepared, Failure> {
        self.check_not_failed(&sql)?;
        let given = types.iter().map(|oid| given(*oid)).collect::<Result<_, _>>()?;
        self.prepare(sql, given).await
    }

    fn check_not_failed(&self, sql: &Sql) -> Result<(), Failure> {
        let ends = matches!(sql.verb(), Verb::Commit | Verb::Rollback) || sql.rolls_back_to().is_some();
        if self.failed && !ends {
            let why = "current transaction is aborted, commands ignored until end of transaction block";
            return Err(Failure::new(state::IN_FAILED_TRANSACTION, why));
        }
        Ok(())
    }

    /// Notes that a statement is to be executed. From now on it can be cancelled.
    fn arrives(&mut self, sql: &Sql) -> (QueryInFlight, Cancel) {
        let verb = sql.verb();
        if verb == Verb::Begin && self.transaction.is_none() {
            self.transaction = Some(self.database.log.transaction_began(&self.connection));
        }
        // A connection has one statement in flight: those before it that were sent together with it are done.
        note(std::mem::take(&mut self.answered));
        // Before the log shows it, so that whoever sees it there can cancel it.
        let cancel = self.session.begin();
        let query = self.database.log.asked(&Asked {
            verb,
            client: self.client,
            connection: &self.connection,
            transaction: self.transaction,
            text: &sql.text,
        });
        (query, cancel)
    }

    /// Executes a statement when and how the scenario says, and has its end noted when the answer is sent.
    async fn perform(
        &mut self,
        (mut query, cancel): (QueryInFlight, Cancel),
        prepared: Result<Arc<Prepared>, Failure>,
        parameters: Vec<Value>,
        formats: Vec<Format>,
        ends: Ends,
    ) -> Result<Done, Stop> {
        let statement = query.statement;
        let fault = self.database.scenario.fault_of(statement);
        let mut passage = None;
        let done = match prepared.and_then(|prepared| self.check_not_failed(&prepared.sql).map(|()| prepared)) {
            Err(why) => Err(Stop::Failed(why)),
            Ok(prepared) => match self.wait(statement, fault, &cancel).await {
                Err(stop) => Err(stop),
                Ok(passed) => {
                    passage = passed;
                    self.carry_out(&prepared, parameters, formats, ends, &cancel).await.map_err(Stop::Failed)
                }
            },
        };
        self.session.end();
        let is_lost = fault == Some(StatementFaultKind::Lost);
        match done {
            Err(Stop::Closed) => {
                if fault == Some(StatementFaultKind::Close) {
                    query.end(Outcome::Reset, None, None);
                }
                Err(Stop::Closed)
            }
            Ok(done) if is_lost => {
                query.end(Outcome::Reset, done.count, None);
                Err(Stop::Closed)
            }
            // Its effects stay: nobody asks any more what they were.
            _ if self.incoming.is_gone() => Err(Stop::Closed),
            Ok(done) => {
                self.answered.push(Answered { query, rows: done.count, state: None, _passage: passage });
                Ok(done)
            }
            Err(Stop::Failed(why)) => {
                self.answered.push(Answered { query, rows: None, state: Some(why.state), _passage: passage });
                if matches!(statement.verb, Verb::Commit | Verb::Begin) {
                    self.roll_back().await;
                }
                Err(Stop::Failed(why))
            }
        }
    }

    /// Waits as long as the scenario says.
    async fn wait(
        &mut self,
        statement: Statement,
        fault: Option<StatementFaultKind>,
        cancel: &Cancel,
    ) -> Result<Option<Passage<Statement>>, Stop> {
        let cancelled = || Stop::Failed(Failure::new(state::QUERY_CANCELED, "canceling statement due to user request"));
        let gate = Arc::clone(&self.database.gate);
        let passage = if self.database.scenario.gate.is_some() && statement.verb.waits() {
            tokio::select! {
                passage = gate.pass(statement) => passage,
                () = cancel.cancelled() => return Err(cancelled()),
                () = self.incoming.closed() => return Err(Stop::Closed),
            }
        } else {
            let latency = self.database.scenario.latency_of(self.database.seed, statement);
            if !latency.is_zero() {
                // Not cut short when the client goes: a database that has begun does not notice.
                tokio::select! {
                    () = sleep(latency) => {}
                    () = cancel.cancelled() => return Err(cancelled()),
                }
            }
            None
        };
        match fault {
            None | Some(StatementFaultKind::Lost) => Ok(passage),
            Some(StatementFaultKind::Close) => Err(Stop::Closed),
            Some(StatementFaultKind::State(state)) => {
                Err(Failure::new(state, format!("{statement} fails, as the scenario says")).into())
            }
            Some(StatementFaultKind::Never) => tokio::select! {
                () = cancel.cancelled() => Err(cancelled()),
                () = self.incoming.closed() => Err(Stop::Closed),
            },
        }
    }

    /// Executes a statement.
    async fn carry_out(
        &mut self,
        prepared: &Arc<Prepared>,
        parameters: Vec<Value>,
        formats: Vec<Format>,
        ends: Ends,
        cancel: &Cancel,
    ) -> Result<Done, Failure> {
        let mut done = match prepared.verb {
            Verb::Begin => Done { tag: prepared.tag(0), ..Done::default() },
            Verb::Commit => self.commit(prepared).await?,
            Verb::Rollback => {
                self.roll_back().await;
                Done { tag: prepared.tag(0), ..Done::default() }
            }
            Verb::Savepoint => self.savepoint(prepared).await?,
            Verb::Set | Verb::Other => self.set(prepared, &formats)?,
            _ => self.run(prepared, parameters, formats, ends, cancel).await?,
        };
        if ends == Ends::Last && self.transaction.is_none() {
            self.commit_work().await?;
        }
        if done.tag.is_empty() {
            done.tag = prepared.tag(done.count.unwrap_or(0));
        }
        Ok(done)
    }

    async fn commit(&mut self, prepared: &Prepared) -> Result<Done, Failure> {
        if prepared.sql.tokens.len() > 1 + usize::from(prepared.sql.is(1, "WORK") || prepared.sql.is(1, "TRANSACTION"))
        {
            return Err(Failure::unsupported("COMMIT stands alone here"));
        }
        if self.failed {
            self.roll_back().await;
            return Ok(Done { tag: "ROLLBACK".to_owned(), ..Done::default() });
        }
        self.commit_work().await?;
        self.finish(TransactionEnd::Committed);
        Ok(Done { tag: prepared.tag(0), ..Done::default() })
    }

    /// Does on the main database what the transaction did.
    async fn commit_work(&mut self) -> Result<(), Failure> {
        match self.work.take() {
            Some(work) => blocking(move || work.commit()).await,
            None => Ok(()),
        }
    }

    /// Ends the transaction, and drops what it did.
    async fn roll_back(&mut self) {
        if let Some(work) = self.work.take() {
            let _ = blocking(move || {
                drop(work);
                Ok(())
            })
            .await;
        }
        self.finish(TransactionEnd::RolledBack);
    }

    async fn savepoint(&mut self, prepared: &Prepared) -> Result<Done, Failure> {
        if self.transaction.is_none() {
            let why = format!("{} can only be used in transaction blocks", prepared.sql.at(0).to_uppercase());
            return Err(Failure::new(state::NO_ACTIVE_TRANSACTION, why));
        }
        let (work, snapshots, text) =
            (self.work.take(), Arc::clone(&self.database.snapshots), prepared.sql.text.clone());
        let (result, work) = blocking(move || {
            let mut work = work.map_or_else(|| snapshots.begin(), Ok)?;
            Ok((work.savepoint(&text), work))
        })
        .await?;
        self.work = Some(work);
        result?;
        self.failed = false;
        Ok(Done { tag: prepared.tag(0), ..Done::default() })
    }

    fn set(&mut self, prepared: &Arc<Prepared>, formats: &[Format]) -> Result<Done, Failure> {
        let sql = &prepared.sql;
        if sql.is(0, "DEALLOCATE") {
            let name = 1 + usize::from(sql.is(1, "PREPARE"));
            if sql.is(name, "ALL") {
                self.statements.clear();
            } else {
                let name = sql.name(name).unwrap_or_default();
                self.statement(&name)?;
                self.statements.remove(&name);
            }
        }
        if sql.is(0, "DISCARD") {
            self.statements.clear();
        }
        match self.settings.execute(sql)? {
            None => Ok(Done { tag: prepared.tag(0), ..Done::default() }),
            Some(value) => {
                let row = prepared.row(&[Value::Text(value)], formats)?;
                Ok(Done { rows: vec![row], count: Some(1), tag: prepared.tag(0) })
            }
        }
    }

    /// Has SQLite execute a statement: in the transaction, or as one of its own.
    async fn run(
        &mut self,
        prepared: &Arc<Prepared>,
        parameters: Vec<Value>,
        formats: Vec<Format>,
        ends: Ends,
        cancel: &Cancel,
    ) -> Result<Done, Failure> {
        let (database, prepared) = (Arc::clone(&self.database), Arc::clone(prepared));
        let (stop, whole) = (cancel.clone(), Arc::clone(&self.database));
        let is_stopped = move || stop.is_cancelled() || whole.is_closing();
        let turn = Arc::new(database.turns.take(is_stopped, LONGEST_EXECUTION).await);
        let is_alone = self.transaction.is_none() && ends == Ends::Alone;
        let work = self.work.take();
        let run = move || {
            let run_in = |work: &mut Work| -> Result<Done, Failure> {
                let answer = work.run(&prepared.rewritten, &parameters, &turn, prepared.defines())?;
                let rows = answer.rows.iter().map(|row| prepared.row(row, &formats)).collect::<Result<Vec<_>, _>>()?;
                let count = (!prepared.defines()).then_some(answer.changed);
                Ok(Done { rows, count, tag: String::new() })
            };
            if !is_alone {
                let mut work = work.map_or_else(|| database.snapshots.begin(), Ok)?;
                let done = run_in(&mut work);
                return Ok((Some(work), done));
            }
            let mut tries = 0;
            loop {
                tries += 1;
                let mut work = database.snapshots.begin()?;
                let done = run_in(&mut work)?;
                match work.commit() {
                    Err(_) if tries < MOST_TRIES && !turn.is_over() => {}
                    committed => return Ok((None, committed.map(|()| done))),
                }
            }
        };
        let (work, done) = blocking(run).await.map_err(|why| explained(why, cancel))?;
        self.work = work;
        done.map_err(|why| explained(why, cancel))
    }
}

/// Notes in the log that statements were answered.
fn note(answered: Vec<Answered>) {
    for mut answered in answered {
        answered.query.end(Outcome::Answered, answered.rows, answered.state);
    }
}

/// Whether a statement ends the transaction that it is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It was sent alone.
    Alone,
    /// Others come after it that were sent with it.
    Later,
    /// It is the last of those that were sent together.
    Last,
}

/// Says why a statement was interrupted.
fn explained(why: Failure, cancel: &Cancel) -> Failure {
    if why.state != state::QUERY_CANCELED {
        return why;
    }
    let because = if cancel.is_cancelled() { "user request" } else { "statement timeout" };
    Failure::new(state::QUERY_CANCELED, format!("canceling statement due to {because}"))
}

/// The type of a parameter that a client has said; 0 leaves it to the database.
fn given(oid: u32) -> Result<Option<Type>, Failure> {
    /// What a client says that does not know either.
    const UNKNOWN: u32 = 705;
    if oid == 0 || oid == UNKNOWN {
        return Ok(None);
    }
    let unknown = || {
        Failure::unsupported(format!("type {oid} of a parameter is not available here: {} are", super::types::NAMES))
    };
    Type::numbered(oid).map(Some).ok_or_else(unknown)
}

/// Does on another thread what may take a while.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    let failed = |_| Failure::new(state::INTERNAL_ERROR, "the database failed to execute this");
    spawn_blocking(work).await.map_err(failed)?
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(63)]
}
