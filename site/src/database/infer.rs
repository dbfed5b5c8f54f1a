//! What types a statement's parameters and results have, as far as its words say: from the columns, casts and literals
//! that they stand beside. It never fails; what it does not understand has no type.

use super::sql::{Kind, Sql};
use super::types::Type;

/// A table's columns: names in lower case, and types.
pub type Columns = Vec<(String, Type)>;

/// What was found out about a statement.
#[derive(Debug, Default)]
pub struct Inferred {
    /// The type of each parameter, from `$1` on.
    pub parameters: Vec<Option<Type>>,
    /// The results, in order.
    pub results: Vec<Shown>,
}

/// An item of a list of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    One(Option<Type>),
    /// `*`, which stands for any number of columns.
    Star,
}

/// Finds out what types a statement has. `given` are those of parameters that are known already; `columns_of` knows
/// tables.
pub fn infer(sql: &Sql, given: &[Option<Type>], columns_of: impl Fn(&str) -> Option<Columns>) -> Inferred {
    let mut parameters = vec![None; sql.parameters()];
    for (parameter, given) in parameters.iter_mut().zip(given) {
        *parameter = *given;
    }
    let mut reader = Reader { sql, at: 0, depth: 0, parameters, tables: tables(sql, columns_of) };
    let results = reader.statement();
    Inferred { parameters: reader.parameters, results }
}

/// A table that a statement names.
struct Table {
    name: String,
    /// What it is called in the statement.
    alias: String,
    columns: Columns,
}

/// The tables that a statement names. Names count wherever they stand: a column of another table is no harm.
fn tables(sql: &Sql, columns_of: impl Fn(&str) -> Option<Columns>) -> Vec<Table> {
    const NO_ALIAS: [&str; 20] = [
        "ON",
        "USING",
        "WHERE",
        "SET",
        "VALUES",
        "JOIN",
        "LEFT",
        "RIGHT",
        "INNER",
        "CROSS",
        "FULL",
        "NATURAL",
        "GROUP",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "RETURNING",
        "SELECT",
        "UNION",
        "DEFAULT",
    ];
    let mut tables: Vec<Table> = Vec::new();
    for place in 0..sql.tokens.len() {
        let introduced = place > 0
            && (sql.at(place - 1) == ","
                || sql.at(place - 1) == "."
                || ["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "ONLY"].iter().any(|word| sql.is(place - 1, word)));
        let Some(name) = sql.name(place).filter(|_| introduced) else { continue };
        if tables.len() > 50 {
            break;
        }
        let Some(columns) = columns_of(&name) else { continue };
        let after = place + 1 + usize::from(sql.is(place + 1, "AS"));
        let alias = sql.name(after).filter(|_| !NO_ALIAS.iter().any(|word| sql.is(after, word)));
        tables.push(Table { alias: alias.unwrap_or_else(|| name.clone()), name, columns });
    }
    tables
}

/// The type of an expression.
#[derive(Clone, Copy)]
enum Found {
    Type(Type),
    /// A parameter that has no type yet.
    Parameter(usize),
    /// A string, which becomes whatever it is compared with.
    Literal,
    Unknown,
}

struct Reader<'a> {
    sql: &'a Sql,
    at: usize,
    /// How many parentheses and operators deep it is.
    depth: usize,
    parameters: Vec<Option<Type>>,
    tables: Vec<Table>,
}

/// The deepest expression that is read.
const DEEPEST: usize = 100;

impl Reader<'_> {
    fn is(&self, keyword: &str) -> bool {
        self.sql.is(self.at, keyword)
    }

    fn symbol(&self) -> &str {
        self.sql.at(self.at)
    }

    /// Goes on if the next token is this keyword.
    fn takes(&mut self, keyword: &str) -> bool {
        let takes = self.is(keyword);
        self.at += usize::from(takes);
        takes
    }

    /// Goes on if the next token is this symbol.
    fn takes_symbol(&mut self, symbol: &str) -> bool {
        let takes = self.symbol() == symbol;
        self.at += usize::from(takes);
        takes
    }

    /// Reads a statement, or a query in parentheses, up to its end; returns its results.
    fn statement(&mut self) -> Vec<Shown> {
        let mut results = None;
        while self.at < self.sql.tokens.len() && self.symbol() != ")" {
            let before = self.at;
            if self.takes("SELECT") || self.takes("RETURNING") {
                let _ = self.takes("DISTINCT") || self.takes("ALL");
                let shown = self.results_for(&[]);
                results.get_or_insert(shown);
            } else if self.takes("WITH") {
                let _ = self.takes("RECURSIVE");
                self.common_tables();
            } else if self.takes("INSERT") {
                self.insert();
            } else if self.takes("VALUES") {
                let shown = self.values(&[]);
                results.get_or_insert(shown);
            } else if self.takes("SET") {
                self.assignments();
            } else if self.takes("LIMIT") || self.takes("OFFSET") {
                let found = self.expression(0);
                self.becomes(found, Type::Int8);
            } else if self.takes("WHERE") || self.takes("HAVING") || self.takes("ON") {
                if !self.is("CONFLICT") {
                    let found = self.expression(0);
                    self.becomes(found, Type::Bool);
                }
            } else if self.is("FROM") || self.is("JOIN") || self.is("UPDATE") || self.is("INTO") || self.is("USING") {
                self.at += 1;
                if self.symbol() == "(" {
                    self.nested();
                }
            } else if self.takes("BY") {
                self.list();
            } else if self.symbol() == "(" {
                self.nested();
            } else {
                self.at += 1;
            }
            if self.at == before {
                self.at += 1;
            }
        }
        results.unwrap_or_default()
    }

    /// `name [(columns)] AS (statement), …`. The results are known under the columns' names in what follows.
    fn common_tables(&mut self) {
        loop {
            let name = self.sql.name(self.at);
            self.at += 1;
            let named = self.names();
            while self.at < self.sql.tokens.len() && self.symbol() != "(" {
                self.at += 1;
            }
            let body = self.at;
            let shown = self.nested();
            let end = self.at;
            // Without names of its own, a column is called as what it shows, if that is a name.
            let called = if named.is_empty() { self.shown_names(body, shown.len()) } else { named };
            let columns = called.into_iter().zip(&shown).filter_map(|(name, result)| match result {
                Shown::One(Some(of)) => Some((name, *of)),
                _ => None,
            });
            if let Some(name) = name {
                let columns = columns.collect();
                self.tables.push(Table { alias: name.clone(), name, columns });
                if self.depth == 0 {
                    // Once more, because it may refer to itself.
                    self.at = body;
                    self.nested();
                    self.at = end;
                }
            }
            if !self.takes_symbol(",") {
                return;
            }
        }
    }

    /// The names of the results of a query that begins at a place, as far as they end in names.
    fn shown_names(&self, body: usize, count: usize) -> Vec<String> {
        let mut names = Vec::new();
        let (mut place, mut depth) = (body + 2, 0_usize);
        while place < self.sql.tokens.len() && names.len() < count {
            match self.sql.at(place) {
                "(" => depth += 1,
                ")" | "," if depth == 0 => names.push(self.sql.name(place - 1).unwrap_or_default()),
                ")" => depth -= 1,
                _ if depth == 0 && self.sql.is(place, "FROM") => {
                    names.push(self.sql.name(place - 1).unwrap_or_default());
                    break;
                }
                _ => {}
            }
            place += 1;
        }
        names
    }

    /// A list of names in parentheses, if there is one.
    fn names(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        if self.symbol() == "(" {
            self.at += 1;
            while let Some(name) = self.sql.name(self.at) {
                names.push(name);
                self.at += 1;
                if !self.takes_symbol(",") {
                    break;
                }
            }
            self.takes_symbol(")");
        }
        names
    }

    fn insert(&mut self) {
        if !self.takes("INTO") {
            return;
        }
        if self.is("PUBLIC") {
            self.at += 2;
        }
        let table = self.sql.name(self.at);
        self.at += 1;
        if self.takes("AS") {
            self.at += 1;
        }
        let known = table.and_then(|table| self.tables.iter().find(|known| known.name == table));
        let columns = known.map(|known| known.columns.clone()).unwrap_or_default();
        let names = self.names();
        let types: Vec<Option<Type>> = if names.is_empty() {
            columns.iter().map(|(_, of)| Some(*of)).collect()
        } else {
            let of = |name: &String| columns.iter().find(|(column, _)| column == name).map(|(_, of)| *of);
            names.iter().map(of).collect()
        };
        if self.takes("VALUES") {
            self.values(&types);
        } else if self.is("SELECT") {
            self.at += 1;
            self.results_for(&types);
        }
    }

    /// `(…), (…)`, whose values go to columns of these types; returns the types of the first row.
    fn values(&mut self, types: &[Option<Type>]) -> Vec<Shown> {
        let mut first = None;
        while self.takes_symbol("(") {
            let shown = self.results_for(types);
            first = first.or(Some(shown));
            self.takes_symbol(")");
            if !self.takes_symbol(",") {
                break;
            }
        }
        first.unwrap_or_default()
    }

    /// `column = expression, …`
    fn assignments(&mut self) {
        loop {
            let names = if self.symbol() == "(" { self.names() } else { self.sql.name(self.at).into_iter().collect() };
            let of = names.first().and_then(|name| self.column(None, name));
            while self.at < self.sql.tokens.len() && self.symbol() != "=" {
                self.at += 1;
            }
            self.at += 1;
            let found = self.expression(0);
            if let Some(of) = of {
                self.becomes(found, of);
            }
            if !self.takes_symbol(",") {
                return;
            }
        }
    }

    fn list(&mut self) {
        loop {
            self.expression(0);
            let _ = self.takes("ASC") || self.takes("DESC");
            if !self.takes_symbol(",") {
                return;
            }
        }
    }

    /// A list of results, which are to have these types.
    fn results_for(&mut self, types: &[Option<Type>]) -> Vec<Shown> {
        let mut shown = Vec::new();
        loop {
            let is_star = self.symbol() == "*" || (self.sql.at(self.at + 1) == "." && self.sql.at(self.at + 2) == "*");
            if is_star {
                self.at += if self.symbol() == "*" { 1 } else { 3 };
                shown.push(Shown::Star);
            } else {
                let found = self.expression(0);
                let wanted = types.get(shown.len()).copied().flatten();
                let of = match (found, wanted) {
                    (found, Some(of)) => self.becomes(found, of),
                    (Found::Type(of), None) => Some(of),
                    (Found::Literal, None) => Some(Type::Text),
                    (Found::Parameter(number), None) => self.parameters[number],
                    (Found::Unknown, None) => None,
                };
                shown.push(Shown::One(of));
                // Its name.
                let is_named = self.takes("AS") || (self.sql.name(self.at).is_some() && !self.is_clause());
                self.at += usize::from(is_named);
            }
            if !self.takes_symbol(",") {
                return shown;
            }
        }
    }

    fn is_clause(&self) -> bool {
        const CLAUSES: [&str; 14] = [
            "FROM",
            "WHERE",
            "GROUP",
            "HAVING",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "ON",
            "SET",
            "RETURNING",
            "VALUES",
        ];
        CLAUSES.iter().any(|clause| self.is(clause))
    }

    /// Gives an expression a type if it is a parameter that has none; returns the expression's own type.
    fn becomes(&mut self, found: Found, of: Type) -> Option<Type> {
        match found {
            Found::Parameter(number) => Some(*self.parameters[number].get_or_insert(of)),
            Found::Literal => Some(of),
            Found::Type(own) => Some(own),
            Found::Unknown => None,
        }
    }

    /// Gives two expressions that stand beside each other a common type.
    fn unite(&mut self, left: Found, right: Found) -> Found {
        match (left, right) {
            (Found::Type(one), Found::Type(other)) => Found::Type(common(one, other)),
            (Found::Type(of), other) | (other, Found::Type(of)) => {
                self.becomes(other, of);
                Found::Type(of)
            }
            (Found::Literal, other @ Found::Parameter(_)) | (other @ Found::Parameter(_), Found::Literal) => {
                self.becomes(other, Type::Text);
                Found::Type(Type::Text)
            }
            (other, Found::Unknown) | (Found::Unknown, other) => other,
            (one, _) => one,
        }
    }

    /// Reads an expression whose operators bind at least as strongly as `strength`.
    fn expression(&mut self, strength: u8) -> Found {
        if self.depth >= DEEPEST {
            // Far from anything that a person writes.
            self.at = self.sql.tokens.len();
            return Found::Unknown;
        }
        self.depth += 1;
        let mut left = self.operand();
        while let Some((operator, binds)) = self.operator().filter(|(_, binds)| *binds >= strength) {
            left = self.operation(left, operator, binds);
        }
        self.depth -= 1;
        left
    }

    /// The operator that comes next, and how strongly it binds.
    fn operator(&self) -> Option<(Operator, u8)> {
        let word = |keyword| self.is(keyword);
        Some(match self.symbol() {
            "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => (Operator::Comparison, 4),
            "+" | "-" => (Operator::Arithmetic, 7),
            "*" | "/" | "%" => (Operator::Arithmetic, 8),
            "||" => (Operator::Concatenation, 6),
            "::" => (Operator::Cast, 9),
            _ if word("OR") => (Operator::Logic, 1),
            _ if word("AND") => (Operator::Logic, 2),
            _ if word("IS") => (Operator::Is, 4),
            _ if word("NOT") || word("IN") || word("BETWEEN") || word("LIKE") || word("ILIKE") => (Operator::Among, 5),
            _ => return None,
        })
    }

    fn operation(&mut self, left: Found, operator: Operator, binds: u8) -> Found {
        self.at += 1;
        match operator {
            Operator::Cast => {
                let (of, length) = type_at(self.sql, self.at);
                self.at += length;
                if let Some(of) = of {
                    self.becomes(left, of);
                }
                of.map_or(Found::Unknown, Found::Type)
            }
            Operator::Logic => {
                let right = self.expression(binds + 1);
                self.becomes(left, Type::Bool);
                self.becomes(right, Type::Bool);
                Found::Type(Type::Bool)
            }
            Operator::Comparison => {
                let right = self.expression(binds + 1);
                self.unite(left, right);
                Found::Type(Type::Bool)
            }
            Operator::Is => {
                self.takes("NOT");
                if self.takes("DISTINCT") {
                    self.takes("FROM");
                }
                let right = self.expression(binds + 1);
                self.unite(left, right);
                Found::Type(Type::Bool)
            }
            Operator::Arithmetic => {
                let right = self.expression(binds + 1);
                match self.unite(left, right) {
                    Found::Literal => Found::Unknown,
                    found => found,
                }
            }
            Operator::Concatenation => {
                let right = self.expression(binds + 1);
                self.becomes(left, Type::Text);
                self.becomes(right, Type::Text);
                Found::Type(Type::Text)
            }
            Operator::Among => {
                self.at -= 1;
                self.takes("NOT");
                if self.takes("BETWEEN") {
                    let from = self.expression(6);
                    self.unite(left, from);
                    self.takes("AND");
                    let to = self.expression(6);
                    self.unite(left, to);
                } else if self.takes("IN") {
                    self.among(left);
                } else if self.takes("LIKE") || self.takes("ILIKE") {
                    let right = self.expression(6);
                    self.becomes(left, Type::Text);
                    self.becomes(right, Type::Text);
                } else {
                    self.at += 1;
                }
                Found::Type(Type::Bool)
            }
        }
    }

    /// What follows IN: a query, or values in parentheses.
    fn among(&mut self, left: Found) {
        if self.sql.is(self.at + 1, "SELECT") {
            let right = self.single();
            self.unite(left, right);
        } else if self.takes_symbol("(") {
            loop {
                let right = self.expression(0);
                self.unite(left, right);
                if !self.takes_symbol(",") {
                    break;
                }
            }
            self.takes_symbol(")");
        }
    }

    fn operand(&mut self) -> Found {
        let Some(token) = self.sql.tokens.get(self.at) else { return Found::Unknown };
        match token.kind {
            Kind::Parameter(number) => {
                self.at += 1;
                let number = usize::from(number) - 1;
                self.parameters[number].map_or(Found::Parameter(number), Found::Type)
            }
            Kind::Text => {
                self.at += 1;
                Found::Literal
            }
            Kind::Number => {
                let text = self.symbol();
                let of = match text.parse::<i64>() {
                    Ok(number) if i32::try_from(number).is_ok() => Type::Int4,
                    Ok(_) => Type::Int8,
                    Err(_) => Type::Float8,
                };
                self.at += 1;
                Found::Type(of)
            }
            Kind::Symbol if self.symbol() == "(" => {
                if self.sql.is(self.at + 1, "SELECT")
                    || self.sql.is(self.at + 1, "WITH")
                    || self.sql.is(self.at + 1, "VALUES")
                {
                    return self.single();
                }
                self.at += 1;
                let found = self.expression(0);
                let mut is_row = false;
                while self.takes_symbol(",") {
                    is_row = true;
                    self.expression(0);
                }
                self.takes_symbol(")");
                if is_row { Found::Unknown } else { found }
            }
            Kind::Symbol if self.symbol() == "-" || self.symbol() == "+" => {
                self.at += 1;
                self.expression(9)
            }
            Kind::Symbol => Found::Unknown,
            Kind::Word | Kind::Quoted => self.word(),
        }
    }

    /// An expression that begins with a word.
    fn word(&mut self) -> Found {
        if self.is_clause() {
            return Found::Unknown;
        }
        if self.takes("NOT") {
            let found = self.expression(3);
            self.becomes(found, Type::Bool);
            return Found::Type(Type::Bool);
        }
        if self.takes("EXISTS") {
            self.nested();
            return Found::Type(Type::Bool);
        }
        if self.takes("TRUE") || self.takes("FALSE") {
            return Found::Type(Type::Bool);
        }
        if self.takes("NULL") {
            return Found::Unknown;
        }
        if self.takes("CASE") {
            return self.case();
        }
        if self.is("CAST") && self.sql.at(self.at + 1) == "(" {
            self.at += 2;
            let found = self.expression(0);
            self.takes("AS");
            let (of, length) = type_at(self.sql, self.at);
            self.at += length;
            self.takes_symbol(")");
            if let Some(of) = of {
                self.becomes(found, of);
            }
            return of.map_or(Found::Unknown, Found::Type);
        }
        let name = self.sql.name(self.at).unwrap_or_default();
        self.at += 1;
        if self.symbol() == "(" {
            return self.call(&name);
        }
        let column = if self.takes_symbol(".") {
            let column = self.sql.name(self.at).unwrap_or_default();
            self.at += 1;
            self.column(Some(&name), &column)
        } else {
            self.column(None, &name)
        };
        column.map_or(Found::Unknown, Found::Type)
    }

    fn case(&mut self) -> Found {
        let subject = if self.is("WHEN") { Found::Type(Type::Bool) } else { self.expression(0) };
        let mut result = Found::Unknown;
        while self.takes("WHEN") {
            let when = self.expression(0);
            self.unite(subject, when);
            self.takes("THEN");
            let then = self.expression(0);
            result = self.unite(result, then);
        }
        if self.takes("ELSE") {
            let other = self.expression(0);
            result = self.unite(result, other);
        }
        self.takes("END");
        result
    }

    /// A function's call, whose name has been read.
    fn call(&mut self, name: &str) -> Found {
        self.at += 1;
        let _ = self.takes("DISTINCT") || self.takes("ALL");
        let mut arguments = Vec::new();
        if !self.takes_symbol("*") && self.symbol() != ")" {
            loop {
                let found = self.expression(0);
                arguments.push(found);
                if !self.takes_symbol(",") {
                    break;
                }
            }
        }
        // What is left, such as an order.
        let mut depth = 0_usize;
        while self.at < self.sql.tokens.len() && (depth > 0 || self.symbol() != ")") {
            match self.symbol() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
        if self.is("FILTER") || self.is("OVER") {
            self.at += 1;
            if self.symbol() == "(" {
                self.nested();
            }
        }
        let first = arguments.first().copied().unwrap_or(Found::Unknown);
        match name {
            "count" | "row_number" | "rank" | "dense_rank" | "nextval" => Found::Type(Type::Int8),
            "length" | "char_length" | "instr" | "strpos" | "pg_backend_pid" => {
                self.becomes(first, Type::Text);
                Found::Type(Type::Int4)
            }
            "lower" | "upper" | "trim" | "ltrim" | "rtrim" | "substr" | "substring" | "replace" | "concat"
            | "version" | "string_agg" | "group_concat" | "current_database" | "current_schema" | "current_setting"
            | "set_config" => {
                self.becomes(first, Type::Text);
                Found::Type(Type::Text)
            }
            "avg" | "round" | "sqrt" | "random" | "power" | "floor" | "ceil" => Found::Type(Type::Float8),
            "sum" => match first {
                Found::Type(Type::Float4 | Type::Float8) => first,
                _ => Found::Type(Type::Int8),
            },
            "coalesce" | "nullif" | "greatest" | "least" => {
                arguments.iter().fold(Found::Unknown, |united, next| self.unite(united, *next));
                arguments.iter().rev().fold(Found::Unknown, |united, next| self.unite(united, *next))
            }
            "max" | "min" | "abs" => first,
            _ => Found::Unknown,
        }
    }

    /// Reads a statement in parentheses; returns its results.
    fn nested(&mut self) -> Vec<Shown> {
        if self.depth >= DEEPEST {
            self.at = self.sql.tokens.len();
        }
        if !self.takes_symbol("(") {
            return Vec::new();
        }
        self.depth += 1;
        let results = self.statement();
        self.depth -= 1;
        self.takes_symbol(")");
        results
    }

    /// Reads a query in parentheses that stands for a value.
    fn single(&mut self) -> Found {
        match self.nested().first() {
            Some(Shown::One(Some(of))) => Found::Type(*of),
            _ => Found::Unknown,
        }
    }

    /// The type of a column.
    fn column(&self, table: Option<&str>, name: &str) -> Option<Type> {
        let named = |known: &&Table| {
            table.is_none_or(|table| known.alias == table || known.name == table || table == "excluded")
        };
        let of = |known: &Table| known.columns.iter().find(|(column, _)| column == name).map(|(_, of)| *of);
        self.tables.iter().filter(named).find_map(of)
    }
}

#[derive(Clone, Copy)]
enum Operator {
    Cast,
    Logic,
    Comparison,
    Is,
    Arithmetic,
    Concatenation,
    /// IN, BETWEEN and LIKE, and their opposites.
    Among,
}

/// The type that PostgreSQL gives a calculation with these two.
fn common(one: Type, other: Type) -> Type {
    const ORDER: [Type; 5] = [Type::Int2, Type::Int4, Type::Int8, Type::Float4, Type::Float8];
    let place = |of: Type| ORDER.iter().position(|known| *known == of);
    match (place(one), place(other)) {
        (Some(left), Some(right)) => ORDER[left.max(right)],
        _ => one,
    }
}

/// The type whose name begins at a place, and how many tokens it takes.
fn type_at(sql: &Sql, place: usize) -> (Option<Type>, usize) {
    let first = sql.name(place).unwrap_or_default();
    let second = ["PRECISION", "VARYING"].into_iter().find(|word| sql.is(place + 1, word));
    let name = second.map_or_else(|| first.clone(), |second| format!("{first} {}", second.to_lowercase()));
    let mut length = 1 + usize::from(second.is_some());
    if sql.at(place + length) == "(" {
        while !matches!(sql.at(place + length), ")" | "") {
            length += 1;
        }
        length += 1;
    }
    (Type::named(&name), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cars(name: &str) -> Option<Columns> {
        let columns = [
            ("id", Type::Int8),
            ("make", Type::Text),
            ("year", Type::Int4),
            ("price", Type::Float8),
            ("sold", Type::Bool),
        ];
        (name == "cars").then(|| columns.iter().map(|(name, of)| ((*name).to_owned(), *of)).collect())
    }

    fn of(text: &str) -> Inferred {
        infer(&Sql::statements(text).unwrap()[0], &[], cars)
    }

    #[test]
    fn a_parameter_has_the_type_of_what_it_stands_beside() {
        use Type::{Bool, Float8, Int4, Int8, Text};
        for (text, expected) in [
            ("INSERT INTO cars (make, id) VALUES ($1, $2), ($3, $4)", vec![Text, Int8, Text, Int8]),
            ("INSERT INTO cars VALUES ($1, $2, $3, $4, $5)", vec![Int8, Text, Int4, Float8, Bool]),
            ("INSERT INTO cars (id, make) SELECT $1, $2", vec![Int8, Text]),
            ("SELECT * FROM cars WHERE id = $1 AND $2 < price", vec![Int8, Float8]),
            ("SELECT * FROM cars c WHERE c.year BETWEEN $1 AND $2 OR NOT $3", vec![Int4, Int4, Bool]),
            ("SELECT * FROM cars AS c WHERE c.make IN ($1, $2) LIMIT $3 OFFSET $4", vec![Text, Text, Int8, Int8]),
            ("UPDATE cars SET price = price * $1, make = $2 WHERE id = $3", vec![Float8, Text, Int8]),
            ("SELECT $1::int4, CAST($2 AS bool), $3 || 'x'", vec![Int4, Bool, Text]),
            ("SELECT coalesce($1, year) FROM cars WHERE make LIKE $2", vec![Int4, Text]),
            ("SELECT $1 + 1, -$2::float8", vec![Int4, Float8]),
            ("DELETE FROM cars WHERE (id, make) = ($1, $2) OR id = $3", vec![Text, Text, Int8]),
            (
                "INSERT INTO cars (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET year = $2 WHERE excluded.price > $3",
                vec![Int8, Int4, Float8],
            ),
            ("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n", vec![Int4]),
            ("SELECT count(*) FROM cars WHERE CASE WHEN year > $1 THEN $2 ELSE false END", vec![Int4, Bool]),
            ("SELECT 1 FROM cars WHERE id = (SELECT max(id) FROM cars WHERE make = $1)", vec![Text]),
            ("SELECT 1 FROM cars JOIN cars AS other ON cars.id = other.id AND other.year = $1", vec![Int4]),
        ] {
            let parameters: Vec<_> = of(text).parameters.into_iter().map(|of| of.unwrap_or(Text)).collect();
            assert_eq!(parameters, expected, "{text}");
        }
    }

    #[test]
    fn a_result_has_the_type_of_its_expression() {
        use Type::{Bool, Float8, Int4, Int8, Text};
        let one = |of| Shown::One(Some(of));
        for (text, expected) in [
            (
                "SELECT 1, 3000000000, 1.5, 'x', true, $1::int8",
                vec![one(Int4), one(Int8), one(Float8), one(Text), one(Bool), one(Int8)],
            ),
            (
                "SELECT count(*), max(year), sum(year), avg(price), upper(make) FROM cars",
                vec![one(Int8), one(Int4), one(Int8), one(Float8), one(Text)],
            ),
            ("SELECT *, year + 1 AS next, id = 1 same FROM cars", vec![Shown::Star, one(Int4), one(Bool)]),
            ("INSERT INTO cars (id) VALUES (1) RETURNING id, make || 'x'", vec![one(Int8), one(Text)]),
            ("WITH n(i) AS (SELECT 1) SELECT i, count(*) FROM n", vec![one(Int4), one(Int8)]),
            ("WITH n AS (SELECT id, year AS y FROM cars) SELECT y FROM n", vec![one(Int4)]),
            ("SELECT CASE WHEN true THEN 'a' ELSE make END, EXISTS (SELECT 1) FROM cars", vec![one(Text), one(Bool)]),
            ("VALUES (1, 'a')", vec![one(Int4), one(Text)]),
            ("SELECT 1 UNION SELECT 'x'", vec![one(Int4)]),
            ("SELECT nobody(1)", vec![Shown::One(None)]),
        ] {
            assert_eq!(of(text).results, expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_too_deep() {
        of(&format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000)));
        of(&format!("SELECT {}1", "NOT ".repeat(100_000)));
        of(&format!("SELECT {}1", "- ".repeat(100_000)));
        of(&format!("SELECT {}", "(SELECT ".repeat(50_000)));
        of(&"WITH a AS (".repeat(50_000));
        of(&format!("SELECT 1{}", " + 1".repeat(100_000)));
        of(&format!("SELECT {}", "CASE WHEN ".repeat(50_000)));
    }

    proptest::proptest! {
        #[test]
        fn any_statement_is_read_to_its_end(text in "(( |\\()?(SELECT|INSERT INTO cars|WITH|VALUES|\\(|\\)|,|\\$1|::|int|CASE|WHEN|IN|NOT|id|=|\\+|\\*|SET|FROM|cars|RETURNING|AS|\\.|-|BETWEEN|EXISTS|CAST)){0,15}") {
            if let Ok(statements) = Sql::statements(&text) {
                for sql in statements {
                    infer(&sql, &[], cars);
                }
            }
        }
    }
}
