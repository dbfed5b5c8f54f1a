//! The types of parameters and results, and their values as PostgreSQL's protocol has them, in text and in binary.

use rusqlite::types::Value;

use super::failure::{Failure, state};

/// A type that parameters and columns can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Text,
}

/// The formats of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Text,
    Binary,
}

/// The names of the types, PostgreSQL's own first; each is one that SQLite takes for its affinity, too.
pub const NAMES: &str = "bool, int2, int4, int8, float4, float8 and text";

impl Type {
    /// The type with a name, in lower case and without its length.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => Self::Bool,
            "int2" | "smallint" | "smallserial" | "serial2" => Self::Int2,
            "int4" | "int" | "integer" | "serial" | "serial4" => Self::Int4,
            "int8" | "bigint" | "bigserial" | "serial8" => Self::Int8,
            "float4" | "real" => Self::Float4,
            "float8" | "float" | "double precision" => Self::Float8,
            "text" | "varchar" | "character varying" | "char" | "character" | "bpchar" | "name" => Self::Text,
            _ => return None,
        })
    }

    /// The type that PostgreSQL knows by this number. Strings of all kinds are text, and so is what a client leaves
    /// open as `unknown`.
    pub fn numbered(oid: u32) -> Option<Self> {
        Some(match oid {
            16 => Self::Bool,
            21 => Self::Int2,
            23 => Self::Int4,
            20 => Self::Int8,
            700 => Self::Float4,
            701 => Self::Float8,
            19 | 25 | 705 | 1042 | 1043 => Self::Text,
            _ => return None,
        })
    }

    pub fn oid(self) -> u32 {
        match self {
            Self::Bool => 16,
            Self::Int8 => 20,
            Self::Int2 => 21,
            Self::Int4 => 23,
            Self::Text => 25,
            Self::Float4 => 700,
            Self::Float8 => 701,
        }
    }

    /// How many bytes a value takes in binary; -1 when they differ.
    pub fn size(self) -> i16 {
        match self {
            Self::Bool => 1,
            Self::Int2 => 2,
            Self::Int4 | Self::Float4 => 4,
            Self::Int8 | Self::Float8 => 8,
            Self::Text => -1,
        }
    }

    /// Its name in a table's definition.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "BOOL",
            Self::Int2 => "INT2",
            Self::Int4 => "INT4",
            Self::Int8 => "INT8",
            Self::Float4 => "FLOAT4",
            Self::Float8 => "FLOAT8",
            Self::Text => "TEXT",
        }
    }

    /// A parameter's value.
    ///
    /// # Errors
    /// 22P02, 22P03, 22003 or 22021 when the bytes are no value of this type.
    pub fn decode(self, bytes: &[u8], format: Format) -> Result<Value, Failure> {
        match format {
            Format::Text => self.read_text(utf8(bytes)?),
            Format::Binary => self.read_binary(bytes),
        }
    }

    fn read_text(self, text: &str) -> Result<Value, Failure> {
        let invalid =
            || Failure::new(state::INVALID_TEXT_REPRESENTATION, format!("no {}: \"{}\"", self.name(), clipped(text)));
        let trimmed = text.trim();
        Ok(match self {
            Self::Text => Value::Text(text.to_owned()),
            Self::Bool => match trimmed.to_ascii_lowercase().as_str() {
                "t" | "true" | "y" | "yes" | "on" | "1" => Value::Integer(1),
                "f" | "false" | "n" | "no" | "off" | "0" => Value::Integer(0),
                _ => return Err(invalid()),
            },
            Self::Int2 | Self::Int4 | Self::Int8 => {
                let digits = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(invalid());
                }
                let number = trimmed.parse().ok().filter(|number| self.has(*number));
                Value::Integer(number.ok_or_else(|| self.out_of_range(trimmed))?)
            }
            Self::Float4 | Self::Float8 => Value::Real(trimmed.parse().map_err(|_| invalid())?),
        })
    }

    fn read_binary(self, bytes: &[u8]) -> Result<Value, Failure> {
        let invalid = || {
            Failure::new(
                state::INVALID_BINARY_REPRESENTATION,
                format!("{} bytes are no {} in binary", bytes.len(), self.name()),
            )
        };
        Ok(match self {
            Self::Text => Value::Text(utf8(bytes)?.to_owned()),
            Self::Bool => Value::Integer(i64::from(<[u8; 1]>::try_from(bytes).map_err(|_| invalid())?[0] != 0)),
            Self::Int2 => Value::Integer(i16::from_be_bytes(bytes.try_into().map_err(|_| invalid())?).into()),
            Self::Int4 => Value::Integer(i32::from_be_bytes(bytes.try_into().map_err(|_| invalid())?).into()),
            Self::Int8 => Value::Integer(i64::from_be_bytes(bytes.try_into().map_err(|_| invalid())?)),
            Self::Float4 => Value::Real(f32::from_be_bytes(bytes.try_into().map_err(|_| invalid())?).into()),
            Self::Float8 => Value::Real(f64::from_be_bytes(bytes.try_into().map_err(|_| invalid())?)),
        })
    }

    /// Whether an integer type has this number.
    fn has(self, number: i64) -> bool {
        match self {
            Self::Int2 => i16::try_from(number).is_ok(),
            Self::Int4 => i32::try_from(number).is_ok(),
            _ => true,
        }
    }

    fn out_of_range(self, number: &str) -> Failure {
        Failure::new(
            state::NUMERIC_VALUE_OUT_OF_RANGE,
            format!("{} is out of range for {}", clipped(number), self.name()),
        )
    }

    /// Appends a value that SQLite returned to `out`, as one of this type; `None` when it is null.
    ///
    /// # Errors
    /// 22003, 22P02 and 42804 when the value is none of this type, which SQLite lets happen.
    pub fn encode(self, value: &Value, format: Format, out: &mut Vec<u8>) -> Result<Option<()>, Failure> {
        let value = match (self, value) {
            (_, Value::Null) => return Ok(None),
            (_, Value::Blob(_)) => return Err(Failure::unsupported("bytes are no value here: cast them to text")),
            (Self::Text, value) => {
                match value {
                    Value::Text(text) => out.extend_from_slice(text.as_bytes()),
                    Value::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
                    Value::Real(number) => out.extend_from_slice(number.to_string().as_bytes()),
                    Value::Null | Value::Blob(_) => {}
                }
                return Ok(Some(()));
            }
            (_, Value::Text(text)) => self.read_text(text)?,
            (Self::Float4 | Self::Float8, Value::Integer(number)) => {
                #[expect(clippy::cast_precision_loss, reason = "PostgreSQL casts so, too")]
                let number = *number as f64;
                Value::Real(number)
            }
            (Self::Float4 | Self::Float8, Value::Real(number)) => Value::Real(*number),
            (_, Value::Real(number)) => {
                let rounded = number.round_ties_even();
                if !(-9.2e18..9.2e18).contains(&rounded) {
                    return Err(self.out_of_range(&number.to_string()));
                }
                #[expect(clippy::cast_possible_truncation, reason = "checked")]
                let whole = rounded as i64;
                Value::Integer(whole)
            }
            (_, Value::Integer(number)) => Value::Integer(*number),
        };
        match value {
            Value::Integer(number) if self == Self::Bool => match format {
                Format::Text => out.push(if number == 0 { b'f' } else { b't' }),
                Format::Binary => out.push(u8::from(number != 0)),
            },
            Value::Integer(number) => {
                if !self.has(number) {
                    return Err(self.out_of_range(&number.to_string()));
                }
                let bytes = number.to_be_bytes();
                match (format, self) {
                    (Format::Text, _) => out.extend_from_slice(number.to_string().as_bytes()),
                    (Format::Binary, Self::Int2) => out.extend_from_slice(&bytes[6..]),
                    (Format::Binary, Self::Int4) => out.extend_from_slice(&bytes[4..]),
                    (Format::Binary, _) => out.extend_from_slice(&bytes),
                }
            }
            Value::Real(number) => {
                #[expect(clippy::cast_possible_truncation, reason = "a float4 has no more")]
                let short = number as f32;
                match (format, self) {
                    (Format::Text, Self::Float4) => {
                        out.extend_from_slice(float_text(short.into(), short.to_string()).as_bytes());
                    }
                    (Format::Text, _) => out.extend_from_slice(float_text(number, number.to_string()).as_bytes()),
                    (Format::Binary, Self::Float4) => out.extend_from_slice(&short.to_be_bytes()),
                    (Format::Binary, _) => out.extend_from_slice(&number.to_be_bytes()),
                }
            }
            Value::Null | Value::Text(_) | Value::Blob(_) => {}
        }
        Ok(Some(()))
    }
}

/// A number as PostgreSQL writes it where Rust differs.
fn float_text(number: f64, text: String) -> String {
    if number.is_infinite() { (if number > 0.0 { "Infinity" } else { "-Infinity" }).to_owned() } else { text }
}

fn utf8(bytes: &[u8]) -> Result<&str, Failure> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    text.ok_or_else(|| Failure::new(state::CHARACTER_NOT_IN_REPERTOIRE, "text is UTF-8 without zero bytes"))
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(40)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(of: Type, value: &Value, format: Format) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        of.encode(value, format, &mut out).unwrap().map(|()| out)
    }

    #[test]
    fn a_value_comes_back_as_it_was_sent() {
        for (of, text, binary) in [
            (Type::Bool, "t", &[1][..]),
            (Type::Int2, "-2", &[255, 254]),
            (Type::Int4, "70000", &[0, 1, 17, 112]),
            (Type::Int8, "-1", &[255; 8]),
            (Type::Float4, "1.5", &1.5_f32.to_be_bytes()),
            (Type::Float8, "-0.25", &(-0.25_f64).to_be_bytes()),
            (Type::Text, "цена", "цена".as_bytes()),
        ] {
            for (bytes, format) in [(text.as_bytes(), Format::Text), (binary, Format::Binary)] {
                let value = of.decode(bytes, format).unwrap();
                assert_eq!(encoded(of, &value, Format::Text).as_deref(), Some(text.as_bytes()), "{of:?}");
                assert_eq!(encoded(of, &value, Format::Binary).as_deref(), Some(binary), "{of:?}");
            }
            assert_eq!(encoded(of, &Value::Null, Format::Text), None);
            assert_eq!(Type::numbered(of.oid()), Some(of));
            assert_eq!(Type::named(&of.name().to_lowercase()), Some(of));
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        let refused = |of: Type, bytes: &[u8], format| of.decode(bytes, format).unwrap_err().state;
        assert_eq!(refused(Type::Int4, b"x", Format::Text), state::INVALID_TEXT_REPRESENTATION);
        assert_eq!(refused(Type::Int4, b"", Format::Text), state::INVALID_TEXT_REPRESENTATION);
        assert_eq!(refused(Type::Int4, b"3000000000", Format::Text), state::NUMERIC_VALUE_OUT_OF_RANGE);
        assert_eq!(refused(Type::Int4, &[1, 2], Format::Binary), state::INVALID_BINARY_REPRESENTATION);
        assert_eq!(refused(Type::Text, &[255], Format::Binary), state::CHARACTER_NOT_IN_REPERTOIRE);
        assert_eq!(refused(Type::Bool, b"2", Format::Text), state::INVALID_TEXT_REPRESENTATION);
        let out = &mut Vec::new();
        assert!(Type::Int2.encode(&Value::Integer(70_000), Format::Binary, out).is_err());
        assert!(Type::Int4.encode(&Value::Text("x".to_owned()), Format::Text, out).is_err());
    }
}
