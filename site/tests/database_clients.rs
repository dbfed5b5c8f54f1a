//! The practice database and clients that nobody here wrote. Each test is run against a real PostgreSQL, too, when
//! `DATABASE_URL` names one, and expects the same of both. A client that is not installed is left out, unless
//! `ALL_CLIENTS` is set.

#![cfg(feature = "database")]

use std::process::Command;
use std::time::Duration;

use site::{DatabaseScenario, Scenario, Site};
use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{Connection, Row};

/// How long to wait for something that should come at once.
const PATIENCE: Duration = Duration::from_secs(30);
/// A query that never ends.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n";

/// Runs a test on the practice database and, where there is one, on a real PostgreSQL.
fn on_each(test: impl Fn(&str)) {
    let database = DatabaseScenario { latency: "0s".parse().ok(), ..DatabaseScenario::default() };
    let site = Site::start(Scenario { database: Some(database), ..Scenario::default() }).unwrap();
    test(&site.database_url().unwrap());
    if let Ok(url) = std::env::var("DATABASE_URL") {
        test(&url);
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE * 2, future).await.expect("it takes too long") })
}

/// Runs a program with a script and the URL; `None` when it is not installed.
fn script(program: &str, arguments: &[&str], url: &str) -> Option<String> {
    match Command::new(program).args(arguments).env("URL", url).env("PSQLRC", "/dev/null").output() {
        Ok(output) => {
            let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{program}: {out}{errors}");
            Some(out.replace("\r\n", "\n"))
        }
        Err(why) => left_out(program, &why),
    }
}

fn left_out<T>(client: &str, why: &dyn std::fmt::Display) -> Option<T> {
    assert!(std::env::var_os("ALL_CLIENTS").is_none(), "{client} is required: {why}");
    eprintln!("left out: {client}: {why}");
    None
}

/// The SQLSTATE of sqlx's error.
fn state(why: &sqlx::Error) -> String {
    let code = why.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.unwrap_or_else(|| panic!("{why}")).into_owned()
}

#[test]
fn sqlx_sends_and_receives_every_type() {
    on_each(|url| {
        block_on(async {
            let mut db = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(
                "DROP TABLE IF EXISTS kinds; CREATE TABLE kinds (a int2, b int4, c int8, d float8, e text, f bool)",
            )
            .execute(&mut db)
            .await
            .unwrap();
            for row in [Some((1_i16, 2_i32, 3_i64, 0.5_f64, "цена", true)), None] {
                let done = sqlx::query("INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6)")
                    .bind(row.map(|row| row.0))
                    .bind(row.map(|row| row.1))
                    .bind(row.map(|row| row.2))
                    .bind(row.map(|row| row.3))
                    .bind(row.map(|row| row.4))
                    .bind(row.map(|row| row.5))
                    .execute(&mut db)
                    .await
                    .unwrap();
                assert_eq!(done.rows_affected(), 1);
            }
            let rows = sqlx::query("SELECT a, b, c, d, e, f FROM kinds ORDER BY a").fetch_all(&mut db).await.unwrap();
            let row = &rows[0];
            let read = (
                row.get::<Option<i16>, _>("a"),
                row.get::<Option<i32>, _>("b"),
                row.get::<Option<i64>, _>("c"),
                row.get::<Option<f64>, _>("d"),
                row.get::<Option<String>, _>("e"),
                row.get::<Option<bool>, _>("f"),
            );
            assert!(rows.iter().any(|row| row.get::<Option<i16>, _>(0).is_none()));
            if read.0.is_some() {
                assert_eq!(read, (Some(1), Some(2), Some(3), Some(0.5), Some("цена".to_owned()), Some(true)));
            }
            let row = sqlx::query("SELECT 1, count(*), max(b), sum(b), d > $1, 'x', $2::int8 + 1, b + c FROM kinds GROUP BY d, b, c ORDER BY d LIMIT $3")
                .bind(0.1)
                .bind(41_i64)
                .bind(1_i64)
                .fetch_one(&mut db)
                .await
                .unwrap();
            assert_eq!((row.get::<i32, _>(0), row.get::<i64, _>(1), row.get::<i64, _>(6)), (1, 1, 42));
            assert_eq!(row.get::<String, _>(5), "x");
            sqlx::raw_sql("DROP TABLE kinds").execute(&mut db).await.unwrap();
        });
    });
}

#[test]
fn sqlx_is_told_what_is_wrong() {
    on_each(|url| {
        block_on(async {
            let mut db = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql("DROP TABLE IF EXISTS strict; CREATE TABLE strict (id int8 PRIMARY KEY, make text NOT NULL CHECK (make <> ''))")
                .execute(&mut db)
                .await
                .unwrap();
            sqlx::query("INSERT INTO strict VALUES (1, 'Lada')").execute(&mut db).await.unwrap();
            for (sql, expected) in [
                ("INSERT INTO strict VALUES (1, 'Niva')", "23505"),
                ("INSERT INTO strict (id) VALUES (2)", "23502"),
                ("INSERT INTO strict (make) VALUES ('x')", "23502"),
                ("INSERT INTO strict VALUES (2, '')", "23514"),
                ("SELEC 1", "42601"),
                ("SELECT 'x", "42601"),
                ("SELECT (1", "42601"),
                ("SELECT * FROM nowhere", "42P01"),
                ("SELECT missing FROM strict", "42703"),
                ("SELECT missing(1)", "42883"),
                ("CREATE TABLE strict (a int)", "42P07"),
                ("SELECT $1::nothing", "42704"),
            ] {
                let why = sqlx::query(sql).execute(&mut db).await.unwrap_err();
                assert_eq!(state(&why), expected, "{url}: {sql}: {why}");
            }
            let mut transaction = db.begin().await.unwrap();
            sqlx::query("INSERT INTO strict VALUES (3, 'x')").execute(&mut *transaction).await.unwrap();
            assert!(sqlx::query("SELECT * FROM nowhere").execute(&mut *transaction).await.is_err());
            let why = sqlx::query("SELECT 1").execute(&mut *transaction).await.unwrap_err();
            assert_eq!(state(&why), "25P02");
            transaction.rollback().await.unwrap();
            let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM strict").fetch_one(&mut db).await.unwrap();
            assert_eq!(kept, 1);

            // One part of a transaction may be undone.
            let mut transaction = db.begin().await.unwrap();
            let mut part = transaction.begin().await.unwrap();
            sqlx::query("INSERT INTO strict VALUES (4, 'x')").execute(&mut *part).await.unwrap();
            assert!(sqlx::query("INSERT INTO strict VALUES (4, 'x')").execute(&mut *part).await.is_err());
            part.rollback().await.unwrap();
            sqlx::query("INSERT INTO strict VALUES (5, 'x')").execute(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
            let insert = "INSERT INTO strict VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET make = excluded.make RETURNING id, make";
            let row = sqlx::query(insert).bind(5_i64).bind("y").fetch_one(&mut db).await.unwrap();
            assert_eq!((row.get::<i64, _>(0), row.get::<String, _>(1)), (5, "y".to_owned()));
            let again = sqlx::query("INSERT INTO strict VALUES (5, 'z') ON CONFLICT DO NOTHING");
            assert_eq!(again.execute(&mut db).await.unwrap().rows_affected(), 0);
            sqlx::raw_sql("DROP TABLE strict").execute(&mut db).await.unwrap();
        });
    });
}

#[test]
fn sqlx_has_transactions_side_by_side() {
    on_each(|url| {
        block_on(async {
            let pool = PgPoolOptions::new().max_connections(3).connect(url).await.unwrap();
            sqlx::raw_sql("DROP TABLE IF EXISTS beside; CREATE TABLE beside (id int4 PRIMARY KEY, n int4)")
                .execute(&pool)
                .await
                .unwrap();
            sqlx::raw_sql("INSERT INTO beside VALUES (1, 0)").execute(&pool).await.unwrap();
            let repeatable = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
            let (mut first, mut second) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
            sqlx::raw_sql(repeatable).execute(&mut *second).await.unwrap();
            for (id, transaction) in [(10, &mut first), (20, &mut second)] {
                sqlx::query("INSERT INTO beside VALUES ($1, 1)").bind(id).execute(&mut **transaction).await.unwrap();
                let seen: i64 =
                    sqlx::query_scalar("SELECT count(*) FROM beside").fetch_one(&mut **transaction).await.unwrap();
                assert_eq!(seen, 2, "each sees its own");
            }
            sqlx::query("UPDATE beside SET n = n + 1 WHERE id = 1").execute(&mut *first).await.unwrap();
            first.commit().await.unwrap();
            // PostgreSQL says it at the UPDATE, the practice database at the COMMIT.
            let updated = sqlx::query("UPDATE beside SET n = n + 1 WHERE id = 1").execute(&mut *second).await;
            let why = match updated {
                Ok(_) => second.commit().await.unwrap_err(),
                Err(why) => {
                    second.rollback().await.unwrap();
                    why
                }
            };
            assert_eq!(state(&why), "40001");
            let rows: Vec<(i32, i32)> =
                sqlx::query_as("SELECT id, n FROM beside ORDER BY id").fetch_all(&pool).await.unwrap();
            assert_eq!(rows, [(1, 1), (10, 1)], "nothing of the second is there");

            // One that is dropped leaves nothing, and its connection is good for the next one.
            let mut dropped = pool.begin().await.unwrap();
            sqlx::query("INSERT INTO beside VALUES (30, 1)").execute(&mut *dropped).await.unwrap();
            drop(dropped);
            let mut all = Vec::new();
            for _ in 0..3 {
                all.push(pool.acquire().await.unwrap());
            }
            for db in &mut all {
                let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM beside").fetch_one(&mut **db).await.unwrap();
                assert_eq!(seen, 2);
            }
            drop(all);
            sqlx::raw_sql("DROP TABLE beside").execute(&pool).await.unwrap();
            pool.close().await;
        });
    });
}

#[test]
fn tokio_postgres_leaves_types_to_the_server_and_cancels() {
    use tokio_postgres::types::Type;

    on_each(|url| {
        block_on(async {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute("DROP TABLE IF EXISTS left_open; CREATE TABLE left_open (id bigserial PRIMARY KEY, make varchar(20), price float8, sold bool)").await.unwrap();
            let insert = client
                .prepare("INSERT INTO left_open (make, price, sold) VALUES ($1, $2, $3) RETURNING id")
                .await
                .unwrap();
            assert_eq!(&insert.params()[1..], [Type::FLOAT8, Type::BOOL]);
            assert_eq!(insert.columns()[0].type_(), &Type::INT8);
            for id in 1..=3_i64 {
                let row = client.query_one(&insert, &[&"Lada", &1.5, &false]).await.unwrap();
                assert_eq!(row.get::<_, i64>(0), id);
            }
            let select = client
                .prepare("SELECT id, make FROM left_open WHERE id >= $1 AND make LIKE $2 ORDER BY id LIMIT $3")
                .await
                .unwrap();
            assert_eq!(select.params(), [Type::INT8, Type::TEXT, Type::INT8]);
            let rows = client.query(&select, &[&2_i64, &"La%", &10_i64]).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i64>>(), [2, 3]);

            let token = client.cancel_token();
            let (ended, ()) = tokio::join!(client.simple_query(ENDLESS), async {
                // Whatever arrives too early cancels nothing, so it is tried until the other one ends.
                tokio::time::sleep(Duration::from_millis(100)).await;
                token.cancel_query(tokio_postgres::NoTls).await.unwrap();
            });
            assert_eq!(ended.unwrap_err().code().unwrap().code(), "57014");
            let row = client.query_one("SELECT 1 WHERE $1", &[&true]).await.unwrap();
            assert_eq!(row.get::<_, i32>(0), 1);
            client.batch_execute("DROP TABLE left_open").await.unwrap();
        });
    });
}

#[test]
fn the_blocking_client_reads_a_few_rows_at_a_time() {
    on_each(|url| {
        let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
        client
            .batch_execute(
                "DROP TABLE IF EXISTS few; CREATE TABLE few (n int4); INSERT INTO few VALUES (1), (2), (3), (4), (5)",
            )
            .unwrap();
        let mut transaction = client.transaction().unwrap();
        let portal = transaction.bind("SELECT n FROM few ORDER BY n", &[]).unwrap();
        let sizes = [2, 2, 2].map(|most| transaction.query_portal(&portal, most).unwrap().len());
        assert_eq!(sizes, [2, 2, 1]);
        transaction.commit().unwrap();
        client.batch_execute("DROP TABLE few").unwrap();
    });
}

#[test]
fn pythons_psycopg_works() {
    const SCRIPT: &str = r"
import os, psycopg
with psycopg.connect(os.environ['URL'], autocommit=True) as db:
    db.execute('DROP TABLE IF EXISTS snake')
    db.execute('CREATE TABLE snake (id int4 PRIMARY KEY, make text, price float8, sold bool, big int8)')
    with db.transaction():
        with db.cursor() as cursor:
            cursor.executemany('INSERT INTO snake VALUES (%s, %s, %s, %s, %s)',
                [(1, 'Lada', 1.5, True, 5000000000), (2, None, None, False, None), (3, 'Niva', 2.0, None, -1)])
    print(db.execute('SELECT * FROM snake WHERE id > %s ORDER BY id', (0,)).fetchall())
    print(db.execute('SELECT count(*), sum(id), %s::int4 + 1, max(make) FROM snake WHERE make = %s', (1, 'Lada')).fetchall())
    with db.cursor(binary=True) as cursor:
        print(cursor.execute('SELECT id, make, price, sold, big FROM snake ORDER BY id').fetchone())
    try:
        with db.transaction():
            db.execute('INSERT INTO snake (id) VALUES (9)')
            db.execute('INSERT INTO snake (id) VALUES (1)')
    except psycopg.errors.UniqueViolation as why:
        print(why.sqlstate, db.execute('SELECT count(*) FROM snake').fetchone())
    for bad in ['SELECT * FROM nowhere', 'SELEC 1', 'SELECT x FROM snake']:
        try:
            db.execute(bad)
        except psycopg.Error as why:
            print(why.sqlstate)
    with db.pipeline():
        for n in range(3):
            db.execute('UPDATE snake SET price = %s WHERE id = %s', (n, 1))
    print(db.execute('SELECT price FROM snake WHERE id = 1').fetchone(), db.info.transaction_status.name)
    db.execute('DROP TABLE snake')
";
    const EXPECTED: &str = "\
[(1, 'Lada', 1.5, True, 5000000000), (2, None, None, False, None), (3, 'Niva', 2.0, None, -1)]
[(1, 1, 2, 'Lada')]
(1, 'Lada', 1.5, True, 5000000000)
23505 (3,)
42P01
42601
42703
(2.0,) IDLE
";
    python("psycopg", SCRIPT, EXPECTED);
}

#[test]
fn pythons_asyncpg_has_a_pool_that_resets() {
    const SCRIPT: &str = r"
import asyncio, asyncpg, os
async def main():
    async with asyncpg.create_pool(os.environ['URL'], min_size=1, max_size=3) as pool:
        await pool.execute('DROP TABLE IF EXISTS fast')
        await pool.execute('CREATE TABLE fast (id int4 PRIMARY KEY, make text, price float8, sold bool, big int8, small int2)')
        async def add(n):
            async with pool.acquire() as db, db.transaction():
                await db.execute('INSERT INTO fast VALUES ($1, $2, $3, $4, $5, $6)', n, 'Lada', n / 2, n % 2 == 0, 10 ** 12, n)
        await asyncio.gather(*(add(n) for n in range(12)))
        print([tuple(row) for row in await pool.fetch('SELECT * FROM fast WHERE id >= $1 AND sold = $2 ORDER BY id LIMIT $3', 9, True, 5)])
        print(await pool.fetchval('SELECT count(*) FROM fast WHERE make = $1 AND price < $2 AND big IN ($3, $4)', 'Lada', 1.1, 10 ** 12, 1))
        print(await pool.fetchval('UPDATE fast SET price = price + $1 WHERE id = $2 RETURNING price', 1.0, 1))
        await pool.executemany('INSERT INTO fast (id, make) VALUES ($1, $2)', [(100, 'a'), (101, None)])
        try:
            await pool.execute('INSERT INTO fast (id) VALUES ($1)', 1)
        except asyncpg.UniqueViolationError as why:
            print(why.sqlstate)
        async with pool.acquire() as db:
            try:
                await db.fetchval('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n', timeout=0.2)
            except asyncio.TimeoutError:
                print('timeout', await db.fetchval('SELECT 1'))
            async with db.transaction():
                print([row['id'] async for row in db.cursor('SELECT id FROM fast WHERE id < 5 ORDER BY id', prefetch=2)])
        await pool.execute('DROP TABLE fast')
asyncio.run(main())
";
    const EXPECTED: &str = "\
[(10, 'Lada', 5.0, True, 1000000000000, 10)]
3
1.5
23505
timeout 1
[0, 1, 2, 3, 4]
";
    python("asyncpg", SCRIPT, EXPECTED);
}

fn python(library: &str, text: &str, expected: &str) {
    let installed = Command::new("python3").args(["-c", &format!("import {library}")]).output();
    if !installed.as_ref().is_ok_and(|output| output.status.success()) {
        let _: Option<()> = left_out(library, &"python3 has no such library");
        return;
    }
    on_each(|url| {
        let Some(said) = script("python3", &["-c", text], url) else { return };
        assert_eq!(said, expected, "{library}: {url}");
    });
}

#[test]
fn nodes_pg_sends_everything_as_text() {
    const SCRIPT: &str = r"
const { Client, Pool } = require('pg');
(async () => {
  const pool = new Pool({ connectionString: process.env.URL, max: 3 });
  await pool.query('DROP TABLE IF EXISTS node');
  await pool.query('CREATE TABLE node (id int4 PRIMARY KEY, make text, price float8, sold bool)');
  await Promise.all([1, 2, 3].map(n => pool.query('INSERT INTO node VALUES ($1, $2, $3, $4)', [n, 'Lada', n / 2, n > 1])));
  const rows = await pool.query('SELECT *, id + $1 AS next FROM node WHERE id > $2 AND sold = $3 ORDER BY id LIMIT $4', [10, 1, true, 5]);
  console.log(JSON.stringify(rows.rows), rows.rowCount);
  try { await pool.query('INSERT INTO node (id) VALUES ($1)', [1]); } catch (why) { console.log(why.code); }
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query({ name: 'change', text: 'UPDATE node SET price = $1', values: [9] });
  await client.query('ROLLBACK');
  console.log((await client.query('SELECT max(price) FROM node')).rows[0].max);
  client.release();
  await pool.query('DROP TABLE node');
  await pool.end();
})().catch(why => { console.error(why); process.exit(1); });
";
    const EXPECTED: &str = "\
[{\"id\":2,\"make\":\"Lada\",\"price\":1,\"sold\":true,\"next\":12},{\"id\":3,\"make\":\"Lada\",\"price\":1.5,\"sold\":true,\"next\":13}] 2
23505
1.5
";
    let installed = Command::new("node").args(["-e", "require('pg')"]).output();
    if !installed.as_ref().is_ok_and(|output| output.status.success()) {
        let _: Option<()> = left_out("node's pg", &"node has no such module; NODE_PATH says where it looks");
        return;
    }
    on_each(|url| {
        let Some(said) = script("node", &["-e", SCRIPT], url) else { return };
        assert_eq!(said, EXPECTED, "{url}");
    });
}

#[test]
fn psql_talks_to_it() {
    on_each(|url| {
        let commands = [
            "DROP TABLE IF EXISTS line; CREATE TABLE line (id serial PRIMARY KEY, make text)",
            "INSERT INTO line (make) VALUES ('Lada'), (NULL) RETURNING id",
            "SELECT id, make, make IS NULL AS missing FROM line ORDER BY id",
            "BEGIN; DELETE FROM line; ROLLBACK; SELECT count(*) FROM line",
            "SET application_name = 'x'",
            "SHOW application_name",
            "DROP TABLE line",
        ];
        let commands: Vec<&str> = commands.iter().flat_map(|command| ["-c", command]).collect();
        let Some(said) = script("psql", &[&[url, "-XqAt", "-v", "ON_ERROR_STOP=1"], &commands[..]].concat(), url)
        else {
            return;
        };
        assert_eq!(said, "1\n2\n1|Lada|f\n2||t\n2\nx\n", "{url}");
    });
}
